import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startEngine } from './engineProcess.ts';
import { times } from './faultTimes.ts';
import { childrenOf } from './processTree.ts';
import { writeToneConfig } from './toneCorpus.ts';
import { eventsOf } from './wholeRun.ts';

const minutes = times(2, 20);
const sampleMs = 250;

let directory: string;
let config: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'soak-'));
  config = writeToneConfig(directory, 100_000, {
    training: { epochs: 100_000, batchSeconds: 3, checkpointEverySec: 0.2, threads: 1 },
  });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Sample {
  rssBytes: number;
  descriptors: number;
}

const sampleOf = (pid: number): Sample => ({
  rssBytes: 1024 * Number(/^VmRSS:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]),
  descriptors: readdirSync(`/proc/${pid}/fd`).length,
});

it.skipIf(process.platform !== 'linux')(
  `row 13: soak (${minutes} minutes)`,
  async () => {
    const run = join(directory, 'run');
    const { child, ended } = startEngine(['train', config, '--run-dir', run]);
    const samples: { engine: Sample; graph: Sample; ms: number }[] = [];
    const startMs = performance.now();
    while (performance.now() - startMs < minutes * 60_000) {
      await new Promise((resolve) => setTimeout(resolve, sampleMs));
      const [graph] = childrenOf(child.pid!);
      if (graph !== undefined && eventsOf.length)
        samples.push({ engine: sampleOf(child.pid!), graph: sampleOf(graph), ms: performance.now() - startMs });
    }
    child.kill('SIGINT');
    await ended;
    const fs = await import('node:fs');
    fs.writeFileSync('/tmp/soak.json', JSON.stringify(samples));
    console.log(eventsOf(run).at(-1));
    expect(samples.length).toBeGreaterThan(10);
  },
  (minutes + 2) * 60_000,
);
