import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineOp } from '../defineOp.ts';
import type { Value } from '../value.ts';
import { families, ops } from './index.ts';

describe('registry', () => {
  it('has every file of the folder', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => !file.endsWith('.test.ts') && file !== 'index.ts');
    expect(files.map((file) => file.replace('.ts', '')).sort()).toEqual(Object.keys(families).sort());
    expect(files.length).toBeGreaterThan(10);
  });

  it('has one op per name', () => {
    const definitions = Object.values(families)
      .flatMap((family) => Object.values<unknown>(family))
      .filter((entry) => typeof entry === 'function' && 'definition' in entry);
    expect(definitions).toHaveLength(Object.keys(ops).length);
  });

  it('is documented in docs/ops.md', async () => {
    await expect(renderOps()).toMatchFileSnapshot('../../../docs/ops.md');
  });
});

it('does not compile an op without a gradient or without samples', () => {
  const complete = {
    name: 'example',
    onnx: 'Identity',
    node: (x: Value) => ({ inputs: [x] as const, attributes: {} }),
    outputs: () => [],
    gradient: 'none' as const,
    samples: [{ title: 'any', inputs: [], args: (x: Value) => [x] as [Value] }] as const,
  };
  defineOp(complete);
  const { gradient: _, ...silent } = complete;
  // @ts-expect-error the gradient is missing
  expect(() => defineOp(silent)).not.toThrow();
  // @ts-expect-error no samples
  expect(() => defineOp({ ...complete, samples: [] })).not.toThrow();
});

it('says of every op where WebGPU runs it (npm run probe:ops)', () => {
  expect(Object.keys(webgpu).sort()).toEqual(Object.keys(ops).sort());
});

const read = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, '..', name), 'utf8'));
const { webgpu, adapter, onnxruntime } = read('deviceSupport.json') as {
  onnxruntime: string;
  adapter: string;
  webgpu: Record<string, Partial<Record<'gpu' | 'cpu' | 'wrong' | 'fails', string[]>>>;
};
const cuda = read('cudaKernels.json') as { source: string; kernels: Record<string, string[]> };

/** `yes`, or what is not so: `yes; on CPU: int64 column against row`. */
function onWebgpu(name: string): string {
  const { gpu = [], cpu = [], wrong = [], fails = [] } = webgpu[name] ?? {};
  const others = [
    ['on CPU', cpu],
    ['wrong', wrong],
    ['fails', fails],
  ] as const;
  if (gpu.length + cpu.length + wrong.length + fails.length === 0) return 'not probed';
  const present = others.filter(([, titles]) => titles.length > 0);
  if (gpu.length === 0 && present.length === 1) return present[0]![0];
  return [...(gpu.length > 0 ? ['yes'] : []), ...present.map(([what, titles]) => `${what}: ${titles.join('; ')}`)].join(
    '. ',
  );
}

function onCuda(onnx: string): string {
  const types = cuda.kernels[onnx];
  return types ? types.join(', ') : 'no kernel: on CPU';
}

function renderOps(): string {
  const rows = Object.values(ops)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, onnx, gradient, samples }) => {
      const places = `${onWebgpu(name)} | ${onCuda(onnx)}`;
      return `| \`${name}\` | ${onnx} | ${gradient === 'none' ? 'none' : 'yes'} | ${samples.length} | ${places} |`;
    });
  return [
    '# Ops',
    '',
    'Generated from the registry in `src/graph/ops`. Each op is run on ONNX Runtime with all its samples: types, shapes',
    'and contents are compared, and gradients with central differences.',
    '',
    `WebGPU: every sample as a model of its own on onnxruntime ${onnxruntime}, ${adapter}, compared with the CPU's values`,
    '(`npm run probe:ops`); “on CPU” is where the provider leaves the node to the CPU. CUDA: element types of the',
    `documented kernels (${cuda.source}); not run.`,
    '',
    '| op | ONNX (opset 17) | gradient | samples | WebGPU | CUDA |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
