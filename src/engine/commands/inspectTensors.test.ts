import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onnx } from 'onnx-proto';
import { afterAll, expect, test } from 'vitest';
import { callEngine } from '../../../test/callEngine.ts';
import { encodeSafetensors } from '../../shared/run/safetensors.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-tensors-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function call(...argv: string[]) {
  const { code, out, error } = await callEngine(...argv, '--json');
  return { code, error, result: JSON.parse(out) };
}
const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

test('tensors of safetensors and ONNX files', async () => {
  const parts = encodeSafetensors([{ name: 'w', shape: [2, 2], data: new Float32Array(4) }], { step: '3' });
  const { result } = await call('inspect', write('m.safetensors', Buffer.concat(parts)));
  expect(result).toEqual({
    format: 'safetensors',
    tensors: [{ name: 'w', dtype: 'F32', shape: [2, 2] }],
    metadata: { step: '3' },
  });
  const model = onnx.ModelProto.fromObject({ graph: { initializer: [{ name: 'w', dims: [4], dataType: 1 }] } });
  const { result: summary } = await call('inspect', write('m.onnx', onnx.ModelProto.encode(model).finish()));
  expect(summary).toMatchObject({ format: 'onnx', tensors: [{ name: 'w', dtype: 'float32', shape: [4] }] });
});

test.each(['x.onnx', 'x.safetensors', 'x.wav'])('a %s of anything else, or none, is a clear error', async (name) => {
  const broken = await call('inspect', write(name, 'something else entirely, long enough to have a header'));
  expect(broken.code).toBe(1);
  expect(broken.error).not.toContain('    at ');
  const missing = await call('inspect', join(folder, `no-${name}`));
  expect([missing.code, missing.result.error.message]).toEqual([1, expect.stringContaining('no such file')]);
});
