import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderControl } from '../../src/shared/run/control.ts';
import { replaceFile } from '../../src/training/run/durableFiles.ts';
import { startEngine } from './engineProcess.ts';
import { times } from './faultTimes.ts';
import type { MemorySample } from './memoryProbe.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf } from './wholeRun.ts';

/** An epoch of this run with its evaluation and checkpoints takes a fraction of a second: so many times real life. */
const rate = 24;
const minutes = times(2, 20);
const mib = 2 ** 20;
/** Per hour of real life. Resident memory settles slowly: in two minutes only a gross leak shows in it. */
const limits = { heapBytes: times(2, 1) * mib, rssBytes: times(100, 8) * mib };

let directory: string;
let config: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'soak-'));
  const training = { epochs: 100_000, batchSeconds: 3, checkpointEverySec: 0.2, threads: 1 };
  config = writeToneConfig(directory, 1, { training });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

it.skipIf(process.platform !== 'linux')(
  `row 13: memory and descriptors of a run stay where they are (${minutes} minutes at ${rate} times the rate)`,
  async () => {
    const [run, probes] = [join(directory, 'run'), join(directory, 'probes')];
    mkdirSync(probes);
    const { ended } = startEngine(['train', config, '--run-dir', run], {
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'memoryProbe.ts')}`,
      ASR_MEMORY_PROBE: probes,
    });
    await new Promise((resolve) => setTimeout(resolve, minutes * 60_000));
    await replaceFile(join(run, 'control.json'), renderControl('stop'));
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(130);

    const steps = eventsOf(run).filter(({ kind }) => kind === 'step').length;
    const files = readdirSync(probes).map((file) => samplesOf(join(probes, file)));
    // The engine and the process of the graph; what ran only for a moment says nothing.
    const long = files.filter((samples) => samples.length > 20);
    expect(long).toHaveLength(2);
    for (const samples of long) {
      const late = samples.slice(samples.length / 2);
      const perHour = (key: 'heapBytes' | 'rssBytes') => (slopePerSec(late, (sample) => sample[key]) * 3600) / rate;
      const growth = { heapBytes: perHour('heapBytes'), rssBytes: perHour('rssBytes') };
      const shown = Object.entries(growth).map(([key, bytes]) => `${key} ${(bytes / mib).toFixed(2)} MiB/h`);
      const descriptors = quarters(samples).map((part) => Math.min(...part.map((sample) => sample.descriptors)));
      console.log(`${steps} steps, ${late.length} samples: ${shown.join(', ')}, descriptors ${descriptors.join(' ')}`);
      expect(growth.heapBytes).toBeLessThan(limits.heapBytes);
      expect(growth.rssBytes).toBeLessThan(limits.rssBytes);
      expect(descriptors[3]).toBeLessThanOrEqual(descriptors[1]!);
    }
  },
  (minutes + 4) * 60_000,
);

const samplesOf = (file: string): MemorySample[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as MemorySample);

const quarters = <T>(items: readonly T[]): T[][] =>
  [0, 1, 2, 3].map((part) => items.slice((part * items.length) / 4, ((part + 1) * items.length) / 4));

/** Median of the slopes between all pairs (Theil and Sen): a few odd samples do not move it. */
function slopePerSec(samples: readonly MemorySample[], read: (sample: MemorySample) => number): number {
  const slopes = samples.flatMap((a, i) =>
    samples.slice(i + 1).map((b) => (read(b) - read(a)) / (b.timeSec - a.timeSec)),
  );
  return slopes.sort((a, b) => a - b)[Math.floor(slopes.length / 2)]!;
}
