import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { parseStepBatch, renderStepBatch, type StepBatch } from './batchLines.ts';
import { bytesUpToStep, findStepBatch } from './findStepBatch.ts';

const batchOf = (step: number, epoch = 0): StepBatch => ({
  step,
  epoch,
  utterances: ['/a.jsonl', '/b.jsonl', '/a.jsonl'].map((manifest, i) => ({
    audioFilepath: `wav/ü${i}.wav`,
    manifest,
    line: step,
    durationSec: 1.5,
    frames: 150,
    tokens: 7,
    loss: i === 1 ? null : 2.5,
    gradientShare: 0.25,
  })),
});

function ranges(bytes: Uint8Array) {
  const counted = { size: bytes.length, reads: 0, bytes: 0 };
  const read = async (offset: number, length: number) => {
    counted.reads++;
    const part = bytes.subarray(offset, Math.min(bytes.length, offset + length));
    counted.bytes += part.length;
    return part;
  };
  return Object.assign(counted, { read });
}

/** A log whose run was resumed: each stretch is [first step, last step], told apart by its epoch. */
function logOf(...stretches: [number, number][]) {
  let bytes = new Uint8Array(0);
  for (const [epoch, [first, last]] of stretches.entries()) {
    const start = bytes.length;
    let text = '';
    for (let step = first; step <= last; step++) text += renderStepBatch(batchOf(step, epoch), start);
    bytes = Buffer.concat([bytes, Buffer.from(text)]);
  }
  return bytes;
}

describe('a line of a step', () => {
  it('comes back as it was, with its manifests named once', () => {
    const line = renderStepBatch(batchOf(3), 17);
    expect(parseStepBatch(line)).toEqual(batchOf(3));
    expect(line.match(/a\.jsonl/g)).toHaveLength(1);
    expect(parseStepBatch(JSON.stringify(batchOf(3)))).toEqual(batchOf(3));
    for (const torn of ['', line.slice(0, -2), 'null', '{}']) expect(parseStepBatch(torn)).toBeUndefined();
  });
});

describe('findStepBatch', () => {
  it('finds every step of a run that was never interrupted, and no other', async () => {
    const file = ranges(logOf([1, 300]));
    for (let step = 1; step <= 300; step++) expect(await findStepBatch(file, step)).toEqual(batchOf(step));
    expect(await findStepBatch(file, 0)).toBeUndefined();
    expect(await findStepBatch(file, 301)).toBeUndefined();
    expect(await findStepBatch(ranges(new Uint8Array(0)), 1)).toBeUndefined();
  });

  it.each([0, 1, 2, 3, 4])(
    'takes what a resumed run did last, and nothing that it took back (draw %i)',
    async (draw) => {
      const random = createRandom('stretches', draw);
      const stretches: [number, number][] = [[1, 40 + random.below(100)]];
      for (let n = 0; n < 6; n++) {
        const first = 1 + random.below(stretches.at(-1)![1]);
        stretches.push([first, first + random.below(60)]);
      }
      const expected = new Map<number, number>();
      for (const [epoch, [first, last]] of stretches.entries()) {
        for (const step of [...expected.keys()]) if (step >= first) expected.delete(step);
        for (let step = first; step <= last; step++) expected.set(step, epoch);
      }
      const file = ranges(logOf(...stretches));
      for (let step = 0; step <= 300; step++) {
        const epoch = expected.get(step);
        expect(await findStepBatch(file, step)).toEqual(epoch === undefined ? undefined : batchOf(step, epoch));
      }
    },
  );

  it('passes over a line that is torn or damaged', async () => {
    const whole = logOf([1, 50]);
    const torn = ranges(whole.subarray(0, whole.length - 20));
    expect(await findStepBatch(torn, 50)).toBeUndefined();
    expect(await findStepBatch(torn, 49)).toEqual(batchOf(49));
    const lines = Buffer.from(whole).toString().split('\n');
    lines[24] = '\0'.repeat(lines[24]!.length);
    lines[49] = 'x';
    const damaged = ranges(Buffer.from(lines.join('\n')));
    for (let step = 1; step <= 50; step++)
      expect(await findStepBatch(damaged, step)).toEqual(step === 25 || step === 50 ? undefined : batchOf(step));
  });

  it('finds a step among a million by a few blocks', async () => {
    const line = (step: number, start: number) =>
      `{"step":${step},"start":${start},"epoch":0,"manifests":["/a"],"utterances":[]}\n`;
    const parts: string[] = [];
    for (let step = 1; step <= 600_000; step++) parts.push(line(step, 0));
    const start = parts.reduce((sum, text) => sum + text.length, 0);
    for (let step = 500_001; step <= 1_000_000; step++) parts.push(line(step, start));
    const file = ranges(Buffer.from(parts.join('')));
    for (const step of [1, 499_999, 500_001, 777_777, 1_000_000]) {
      Object.assign(file, { reads: 0, bytes: 0 });
      expect(await findStepBatch(file, step)).toMatchObject({ step });
      expect(file.reads).toBeLessThan(40);
      expect(file.bytes).toBeLessThan(1e6);
    }
  });
});

it('bytesUpToStep ends with the last line that counts', async () => {
  const bytes = logOf([1, 30], [11, 40]);
  const file = ranges(bytes);
  const stepsIn = async (step: number) => {
    const part = Buffer.from(bytes.subarray(0, await bytesUpToStep(file, step))).toString();
    return part.split('\n').flatMap((text) => parseStepBatch(text)?.step ?? []);
  };
  expect(await stepsIn(0)).toEqual([]);
  expect((await stepsIn(10)).at(-1)).toBe(10);
  expect(await stepsIn(10)).toHaveLength(10);
  expect((await stepsIn(35)).at(-1)).toBe(35);
  expect(await stepsIn(99)).toHaveLength(60);
});
