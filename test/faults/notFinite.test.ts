import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRandom } from '../../src/shared/random.ts';
import { decodeSafetensors } from '../../src/shared/run/safetensors.ts';
import { runEngine } from './engineProcess.ts';
import { faultSeed, times } from './faultTimes.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf } from './wholeRun.ts';

let directory: string;
let run: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'not-finite-'));
  run = join(directory, 'run');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** A float WAV so loud that its power overflows single precision: finite samples, infinite features. */
function writeOverflowing(file: string): void {
  const samples = new Float32Array(3000).map((_, i) => 1e25 * Math.sin(i / 3));
  const header = Buffer.alloc(44);
  header.write('RIFF\0\0\0\0WAVEfmt ', 'latin1');
  header.writeUInt32LE(36 + samples.byteLength, 4);
  for (const [value, offset] of [
    [16, 16],
    [8000, 24],
    [32_000, 28],
    [samples.byteLength, 40],
  ] as const)
    header.writeUInt32LE(value, offset);
  for (const [value, offset] of [
    [3, 20],
    [1, 22],
    [4, 32],
    [32, 34],
  ] as const)
    header.writeUInt16LE(value, offset);
  header.write('data', 36, 'latin1');
  writeFileSync(file, Buffer.concat([header, Buffer.from(samples.buffer)]));
}

/** Normalised so that what is infinite in one utterance stays in it. */
const fragile = {
  features: {
    sampleRateHz: 8000,
    fftSize: 256,
    windowSamples: 200,
    hopSamples: 80,
    mels: 24,
    normalization: 'utterance',
  },
  model: {
    blocks: [{ channels: 8, pool: [2, 2] }],
    norm: 'none',
    rnn: { hiddenSize: 16, layers: 1, projection: 16 },
  },
};
const skippedOf = () => eventsOf(run).flatMap((event) => (event.kind === 'batchSkipped' ? [event] : []));
const weightsFinite = () =>
  decodeSafetensors(readFileSync(join(run, 'checkpoints/last/model.safetensors'))).tensors.every(({ data }) =>
    (data as Float32Array).every(Number.isFinite),
  );

const trials = times(2, 20);

it(
  `row 5: a loss that is not finite skips its batch by name, and the weights stay finite (${trials} times)`,
  async () => {
    for (let trial = 0; trial < trials; trial++) {
      const random = createRandom(faultSeed, 'not finite', trial);
      const config = writeToneConfig(directory, 2, { ...fragile, seed: trial });
      const bad = new Set(Array.from({ length: 1 + random.below(3) }, () => `train/${random.below(60)}.wav`));
      for (const file of bad) writeOverflowing(join(directory, file));
      const { code, stderr } = await runEngine('train', config, '--run-dir', run);
      expect(code, stderr).toBe(0);
      for (const epoch of [0, 1]) {
        const named = skippedOf().flatMap((event) => (event.epoch === epoch ? event.utterances : []));
        expect([trial, named.sort()]).toEqual([trial, [...bad].sort()]);
      }
      expect(weightsFinite()).toBe(true);
      rmSync(run, { recursive: true });
    }
  },
  60_000 + trials * 90_000,
);

it('ten batches in a row without a finite loss end the run', async () => {
  const config = writeToneConfig(directory, 9, fragile);
  for (let n = 0; n < 60; n++) writeOverflowing(join(directory, `train/${n}.wav`));
  const end = await runEngine('train', config, '--run-dir', run);
  expect(end.code).toBe(1);
  expect(skippedOf()).toHaveLength(10);
  expect(end.stderr).toMatch(/10 batches in a row, the last with train\/\d+\.wav/);
  expect(weightsFinite()).toBe(true);
}, 150_000);
