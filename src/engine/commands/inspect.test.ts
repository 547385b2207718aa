import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { callEngine } from '../../../test/callEngine.ts';
import { writeWav } from '../../dsp/writeWav.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-inspect-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, bytes: Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return file;
}

/** What `asr inspect` prints, and its exit code. */
const inspect = (file: string, ...options: string[]) => callEngine('inspect', file, ...options);

/** A sine of 440 Hz, so many times louder than full scale and then cut off there. */
const tone = (gain: number) =>
  Float32Array.from({ length: 16_000 }, (_, i) =>
    Math.max(-1, Math.min(1, gain * Math.sin((2 * Math.PI * 440 * i) / 16_000))),
  );

test('facts and levels stand in columns; problems name the file', async () => {
  const file = write('stereo.wav', writeWav([tone(3), tone(0.5)], 16_000));
  const { out, error, code } = await inspect(file);
  expect(code).toBe(0);
  expect(out.split('\n')).toEqual([
    'container   WAV (RIFF)',
    'encoding    pcm-s16',
    'rate        16000 Hz',
    'channels    2',
    'length      1.000 s (16000 samples per channel)',
    'peak        0.0 dBFS',
    'mean level  -3.1 dBFS',
    'channel 1   peak 0.0 dBFS, mean level -0.7 dBFS',
    'channel 2   peak -6.0 dBFS, mean level -9.0 dBFS',
    expect.stringMatching(/^clipped {5}1\d{4} samples$/),
    '',
  ]);
  expect(error).toMatch(/stereo\.wav:1:1: warning clipped: clipped: \d\d\.\d % of the samples stand at the limit\n$/);
});

test('with --json the document has the keys of the contract and nothing else is on standard output', async () => {
  const file = write('silent.flac', writeWav([new Float32Array(8000)], 8000));
  const { out, code } = await inspect(file, '--json');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toEqual({
    encoding: 'pcm-s16',
    sampleRateHz: 8000,
    channels: 1,
    frames: 8000,
    durationSec: 1,
    problems: [
      { code: 'audio-name', message: expect.stringContaining('the content is WAV') },
      { code: 'audio-silent', message: 'silent: every sample is zero' },
    ],
  });
});

test('what cannot be decoded exits with 1 and says why', async () => {
  const file = write('speech.wav', new TextEncoder().encode('ID3 but not really audio at all, only a line of text'));
  const human = await inspect(file);
  expect(human).toMatchObject({ code: 1, out: '' });
  expect(human.error).toMatch(/speech\.wav:1:1: error audio-no-data: .*MP3/);
  const json = await inspect(file, '--json');
  expect(JSON.parse(json.out)).toEqual({ problems: [{ code: 'audio-no-data', message: expect.any(String) }] });
  expect(await inspect(join(folder, 'none.wav'))).toMatchObject({ code: 1, out: '' });
  expect((await inspect(folder)).error).toBe(`asr: file ${folder}: it is a folder\n`);
});

test('what is no model file is named with its reason', async () => {
  const garbled = new TextEncoder().encode('\u0010\0\0\0\0\0\0\0{"a":{"dtype":1}}');
  expect((await inspect(write('garbled.safetensors', garbled))).error).toMatch(
    /garbled\.safetensors:1:1: error safetensors: not a safetensors file: header is not JSON\n$/,
  );
  const empty = await inspect(write('empty.onnx', new Uint8Array(0)));
  expect(empty).toMatchObject({ code: 1, out: '' });
  expect(empty.error).toMatch(/empty\.onnx:1:1: error onnx: not a readable ONNX file: it holds no graph\n$/);
});
