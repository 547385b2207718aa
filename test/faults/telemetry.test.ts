import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDigest } from '../../src/shared/run/digest.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent, EventKind } from '../../src/shared/run/events.ts';
import { createRunModel, reduceAll } from '../../src/shared/run/runModel.ts';
import { readRunModel } from '../../src/training/run/readRunModel.ts';
import { runEngine, startEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

let directory: string;
let run: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'telemetry-'));
  run = join(directory, 'run');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(directory, { recursive: true, force: true });
});

const eventsOf = (): EngineEvent[] =>
  existsSync(join(run, 'events.jsonl')) ? parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8')).events : [];
const eventsOfKind = <K extends EventKind>(kind: K) =>
  eventsOf().filter((event): event is Extract<EngineEvent, { kind: K }> => event.kind === kind);

/** A directory at the head of the path with a program of this name. */
function putOnPath(script: string): void {
  const programs = join(directory, 'bin');
  mkdirSync(programs);
  writeFileSync(join(programs, 'nvidia-smi'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${programs}${delimiter}${process.env.PATH}`);
}

describe('what a run tells of itself', () => {
  it('splits each step, samples memory and devices, and ends with files for other programs and a digest', async () => {
    putOnPath("echo '0, NVIDIA L4, 83, 1024, 23034, 55, 71.30'; echo '1, NVIDIA L4, [N/A], 0, 23034, ERR!, [N/A]'");
    const training = { epochs: 3, batchSeconds: 3, accumulate: 2, checkpointEverySec: 0.3, threads: 1 };
    const config = writeToneConfig(directory, 3, { training });
    expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });

    expect(eventsOfKind('started')[0]!.clipNorm).toBeGreaterThan(0);
    const steps = eventsOfKind('step');
    for (const { durationMs, waitMs, graphMs, updateMs, featureMs, queue } of steps) {
      expect(graphMs).toBeGreaterThan(0);
      expect(updateMs).toBeGreaterThan(0);
      expect(waitMs + graphMs! + updateMs!).toBeLessThanOrEqual(durationMs);
      expect(featureMs).toBeGreaterThan(0);
      expect(queue).toBeGreaterThanOrEqual(0);
    }
    expect(Math.max(...steps.map(({ queue }) => queue!))).toBeGreaterThan(0);

    const checkpoints = eventsOfKind('checkpoint');
    const paused = checkpoints.filter(({ pauseMs }) => pauseMs !== undefined);
    expect(paused.length).toBe(new Set(checkpoints.map(({ step, durationMs }) => `${step} ${durationMs}`)).size);
    for (const { pauseMs, durationMs } of paused) expect(pauseMs!).toBeLessThanOrEqual(durationMs);

    const [sample] = eventsOfKind('resources');
    expect(sample!.gpus).toEqual([
      {
        index: 0,
        name: 'NVIDIA L4',
        utilization: 83,
        memoryUsedBytes: 2 ** 30,
        memoryTotalBytes: 23_034 * 2 ** 20,
        temperatureC: 55,
        powerW: 71.3,
      },
      { index: 1, name: 'NVIDIA L4', memoryUsedBytes: 0, memoryTotalBytes: 23_034 * 2 ** 20 },
    ]);
    const { memoryBytes, engineRssBytes, graphRssBytes } = sample!;
    for (const rss of [engineRssBytes, graphRssBytes!]) expect(rss).toBeGreaterThan(30 * 2 ** 20);
    expect(Object.keys(memoryBytes).sort()).toEqual([
      'engineExternal',
      'engineHeap',
      'engineNative',
      'graphExternal',
      'graphHeap',
      'graphNative',
    ]);
    expect(memoryBytes.graphHeap! + memoryBytes.graphNative!).toBeLessThanOrEqual(graphRssBytes!);
    expect(sample!.machineMemoryUsedBytes).toBeLessThanOrEqual(sample!.machineMemoryTotalBytes);
    expect(eventsOfKind('guard').filter(({ code }) => code === 'memory-leak')).toEqual([]);

    const rows = readFileSync(join(run, 'metrics.csv'), 'utf8').trim().split('\n').slice(1);
    expect(rows).toHaveLength(steps.length + eventsOfKind('evaluated').length);
    expect(readdirSync(join(run, 'tensorboard'))).toHaveLength(1);
    const digest = parseDigest(
      readFileSync(join(run, 'digest.json'), 'utf8'),
      statSync(join(run, 'events.jsonl')).size,
    );
    expect(digest?.offset).toBe(statSync(join(run, 'events.jsonl')).size);
    expect(digest?.model.state).toBe('done');
    expect(readRunModel(run)).toEqual(reduceAll(createRunModel(), eventsOf()));
  }, 150_000);

  it('ends in time though nvidia-smi hangs, and says so where there is none', async () => {
    const config = writeToneConfig(directory, 1);
    putOnPath('exec sleep 600');
    expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });
    const [first] = eventsOfKind('resources');
    expect(first?.gpus ?? []).toEqual([]);
    rmSync(run, { recursive: true });
    vi.stubEnv('PATH', '/nowhere');
    expect(await runEngine('train', config, '--run-dir', run)).toMatchObject({ code: 0 });
    expect(eventsOfKind('resources')[0]).toMatchObject({
      gpus: [],
      gpuAbsence: expect.stringMatching(/not on the path/),
    });
  }, 150_000);
});

describe('a run that was killed and goes on', () => {
  it('has each step once in metrics.csv, and a digest that is right', async () => {
    const config = writeToneConfig(directory, 4);
    const { child, ended } = startEngine(['train', config, '--run-dir', run]);
    await vi.waitFor(() => expect(eventsOfKind('step').length).toBeGreaterThan(12), { timeout: 120_000, interval: 5 });
    child.kill('SIGKILL');
    await ended;
    expect(await runEngine('train', config, '--run-dir', run, '--resume')).toMatchObject({ code: 0 });
    const model = reduceAll(createRunModel(), eventsOf());
    expect(model.resumes).toBe(1);
    expect(readRunModel(run)).toEqual(model);
    const rows = readFileSync(join(run, 'metrics.csv'), 'utf8').trim().split('\n').slice(1);
    const told = rows
      .map((row) => row.split(','))
      .map(([step, , , loss]) => [Number(step), loss === '' ? '' : Number(loss)]);
    const steps = [...model.history, ...model.recent].map(({ lastStep, loss }) => [lastStep, loss]);
    expect(told.filter(([, loss]) => loss !== '')).toEqual(steps);
    expect(told.filter(([, loss]) => loss === '').map(([step]) => step)).toEqual(
      model.evaluations.map(({ step }) => step),
    );
  }, 150_000);
});

/** A run with a sample each 50 ms, ended after so many samples or at the first leak. */
async function sampled(samples: number, preload?: string): Promise<void> {
  const config = writeToneConfig(directory, 100_000);
  const program = join(import.meta.dirname, 'sampledTrain.ts');
  const env = preload
    ? { ...process.env, NODE_OPTIONS: `--import ${join(import.meta.dirname, preload)}` }
    : process.env;
  const child = spawn(process.execPath, [program, config, run, '50'], { stdio: 'ignore', env });
  const ended = once(child, 'close');
  await vi.waitFor(
    () => {
      const leaks = eventsOfKind('guard').filter(({ code }) => code === 'memory-leak');
      expect(leaks.length > 0 || eventsOfKind('resources').length >= samples || child.exitCode !== null).toBe(true);
    },
    { timeout: 100_000, interval: 200 },
  );
  child.kill('SIGINT');
  await ended;
}

describe('memory that grows while no new batch shape comes', () => {
  it('is a warning that names where and since which step', async () => {
    await sampled(2000, 'leakInGraph.mjs');
    const [leak] = eventsOfKind('guard').filter(({ code }) => code === 'memory-leak');
    expect(leak?.leak?.category).toBe('graphExternal');
    expect(leak!.leak!.bytesPerStep).toBeGreaterThan(1000);
    expect(leak!.leak!.lastStep - leak!.leak!.firstStep).toBeGreaterThanOrEqual(20);
    expect(leak!.message).toContain('the buffers outside its heap of the process that runs the graph grew by');
  }, 150_000);

  it('is no warning where nothing leaks', async () => {
    await sampled(80);
    expect(eventsOfKind('resources').length).toBeGreaterThanOrEqual(80);
    expect(eventsOfKind('guard').filter(({ code }) => code === 'memory-leak')).toEqual([]);
  }, 150_000);
});
