import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createOrtExecutor, type OrtExecutor } from '../src/engine/ortExecutor.ts';
import { countShapes } from '../src/engine/resources/countShapes.ts';
import { sampleEveryMs, startResourceSampler } from '../src/engine/resources/resourceSampler.ts';
import { createTerminal } from '../src/engine/terminal.ts';
import { openRunLog } from '../src/engine/train/runLog.ts';
import { trainingSetup } from '../src/engine/trainingSetup.ts';
import { workerFile } from '../src/engine/workerFiles.ts';
import { layoutParameters } from '../src/nn/models/index.ts';
import { parseExperiment } from '../src/shared/config/parseExperiment.ts';
import type { EngineEvent } from '../src/shared/run/events.ts';
import { loadBatches } from '../src/training/data/batchLoader.ts';
import { createFeaturePool } from '../src/training/data/featurePool.ts';
import type { StepResult, TrainingBatch } from '../src/training/executor.ts';
import { openEventLog } from '../src/training/run/eventLog.ts';
import { createSaver } from '../src/training/run/saver.ts';
import { createLoader, loadTrainingData } from '../src/training/trainingData.ts';
import { option } from './sides.ts';

/**
 * What telling of a run costs, against the steps that it tells of.
 * `npm run bench:overhead [-- --data ../shared/data/an4 --batches 20 --rounds 2 --threads 2]`
 * AN4's batches are trained on in memory, each twice in a row: bare, and with everything that a run writes and samples.
 * The difference of the two drowns in a busy machine's noise, so that each part is timed by itself too.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const data = resolve(option('data', join(root, '../shared/data/an4')));
const count = Number(option('batches', '20'));
const rounds = Number(option('rounds', '2'));
const threads = Number(option('threads', '2'));

const folder = mkdtempSync(join(tmpdir(), 'asr-overhead-'));
const { experiment, batches, spec, audioSec, epochBatches } = await load();
const opened = await createOrtExecutor(trainingSetup(experiment, spec, threads));
try {
  report(await measure(opened));
} finally {
  await opened.dispose();
  rmSync(folder, { recursive: true });
}

interface Costs {
  bareMs: number[];
  toldMs: number[];
  /** Of each step: its events with all that is made of them, and the bare line in `events.jsonl`. */
  emitMs: number[];
  writeMs: number[];
  /** Processor time of one sample. */
  sampleMs: number;
  pauseMs: number[];
}

async function measure(executor: OrtExecutor): Promise<Costs> {
  const counted = countShapes(executor);
  const silent = { write: () => undefined };
  const log = openRunLog(
    folder,
    createTerminal(false, { out: silent, error: silent }, () => performance.now()),
    { step: () => 0, isToStop: () => false },
  );
  const lines = openEventLog(join(folder, 'lines.jsonl'));
  const costs: Costs = { bareMs: [], toldMs: [], emitMs: [], writeMs: [], sampleMs: 0, pauseMs: [] };
  const emit = (event: object) => log.emit({ step, timeMs: Date.now(), ...event } as EngineEvent);
  let step = 0;
  const run = (batch: TrainingBatch) => counted.step([batch], { learningRate: 1e-4, seed: 1, step: step++ });
  for (const batch of batches) await run(batch);
  const sampled = {
    graphUsage: counted.usage,
    shapeCount: counted.shapeCount,
    position: () => ({ step, epoch: 0 }),
    emit,
  };
  const bare = async (batch: TrainingBatch) => costs.bareMs.push(await timed(() => run(batch)));
  let unsampledMs = sampleEveryMs;
  const told = async (batch: TrainingBatch, i: number) => {
    // A sample at once, in the first step of each five seconds: bare steps must have none.
    const sampler = unsampledMs >= sampleEveryMs ? startResourceSampler(sampled) : undefined;
    const ms = await timed(async () => {
      const event = stepEvent(step, await run(batch), i);
      costs.writeMs.push(await timed(() => lines.write(event)));
      costs.emitMs.push(await timed(() => log.emit(event)));
    });
    costs.toldMs.push(ms);
    unsampledMs = (sampler ? 0 : unsampledMs) + ms;
    sampler?.dispose();
  };
  const state = { progress: { step: 0, epoch: 0 } };
  const saver = createSaver({
    runDirectory: folder,
    layout: layoutParameters(spec),
    executor,
    keepEarlier: 2,
    stateNow: () => state,
    nowMs: () => performance.now(),
    saved: ({ pauseMs }) => pauseMs !== undefined && costs.pauseMs.push(pauseMs),
    failed: (message) => {
      throw new Error(message);
    },
    persist: (write) => write(),
  });
  for (let round = 0; round < rounds; round++) {
    for (const [i, batch] of batches.entries())
      for (const way of (i + round) % 2 === 0 ? [bare, told] : [told, bare]) await way(batch, i);
    await saver.save(['last', 'best']);
    await saver.finish();
  }
  costs.sampleMs = await costOfSample(sampled);
  lines.close();
  await log.close();
  return costs;
}

/** With nothing else running. */
async function costOfSample(sampled: Parameters<typeof startResourceSampler>[0]): Promise<number> {
  const samples = 20;
  let taken = 0;
  const before = process.cpuUsage();
  await new Promise<void>((done) => {
    const emit = () => {
      if (++taken === samples) done();
    };
    const sampler = startResourceSampler({ ...sampled, emit }, 50);
    // The sampler alone keeps no process alive.
    const awake = setInterval(() => {
      if (taken < samples) return;
      clearInterval(awake);
      sampler.dispose();
    }, 20);
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / samples;
}

function stepEvent(step: number, result: StepResult, i: number): EngineEvent {
  const { loss, gradientNorm, timings } = result;
  const measured = { durationMs: 0, waitMs: 0, featureMs: 0, queue: 4, paddingShare: 0.03, ...timings };
  const { batch: utterances } = batches[i]!;
  return {
    ...{ kind: 'step', step, timeMs: Date.now(), epoch: 0, loss, learningRate: 1e-4, gradientNorm, utterances },
    ...measured,
    audioSec: audioSec[i]!,
  };
}

function report({ bareMs, toldMs, emitMs, writeMs, sampleMs, pauseMs }: Costs): void {
  const stepMs = mean(bareMs);
  const epochMs = stepMs * epochBatches;
  const share = (name: string, part: number, whole: number, bar: number, of: string) => {
    const met = part / whole <= bar;
    if (!met) process.exitCode = 1;
    const percent = (value: number) => `${(100 * value).toPrecision(2)} %`;
    console.log(
      `${name}: ${part.toPrecision(3)} ms of ${of}, ${percent(part / whole)} (bar ${percent(bar)} ${met ? 'met' : 'MISSED'})`,
    );
  };
  console.log(
    `${bareMs.length} steps of ${stepMs.toFixed(0)} ms in the mean, ${threads} threads, ${epochBatches} steps an epoch`,
  );
  const aStep = `a step of ${stepMs.toFixed(0)} ms`;
  share('step timings, which are always on', costOfTimings(), stepMs, 0.001, aStep);
  share('a line in events.jsonl', mean(writeMs), stepMs, 0.005, aStep);
  share('events with model, digest, metrics.csv and TensorBoard', mean(emitMs), stepMs, 0.01, aStep);
  share('a sample of memory and processors', sampleMs, sampleEveryMs, 0.01, `${sampleEveryMs / 1000} s`);
  share(
    'standing still for a checkpoint',
    mean(pauseMs),
    epochMs,
    0.01,
    `an epoch of ${(epochMs / 1000).toFixed(1)} s`,
  );
  const ratios = toldMs.map((ms, i) => ms / bareMs[i]!).sort((a, b) => a - b);
  console.log(
    `all of it, step by step against bare ones: median ratio ${ratios[Math.floor(ratios.length / 2)]!.toFixed(3)} ` +
      `(middle half ${ratios[Math.floor(ratios.length / 4)]!.toFixed(3)} to ${ratios[Math.floor((3 * ratios.length) / 4)]!.toFixed(3)})`,
  );
}

/** A step reads the clock some ten times more. */
function costOfTimings(): number {
  const startMs = performance.now();
  for (let i = 0; i < 10_000; i++) performance.now();
  return (performance.now() - startMs) / 1000;
}

async function load() {
  const file = join(root, 'examples/an4.asr.yaml');
  const place = (name: string) => `[${join(data, name)}]`;
  const sets = [`data.train=${place('train.jsonl')}`, 'data.dev=[]', `training.threads=${threads}`];
  const parsed = parseExperiment(readFileSync(file, 'utf8'), file, sets);
  if (!parsed.experiment) throw new Error(parsed.problems[0]!.message);
  const { experiment } = parsed;
  const { features, augment, seed } = experiment;
  const pool = createFeaturePool(workerFile('feature'), 1, { spec: features, augment, seed });
  const { train, planner, spec } = await loadTrainingData(experiment, join(dirname(data), 'an4.asr.yaml'), pool);
  const plan = planner.planEpoch(0);
  const loader = createLoader(experiment, train.examples, pool, null, () => undefined);
  const batches: TrainingBatch[] = [];
  const audioSec: number[] = [];
  const order = Array.from({ length: count }, (_, i) => Math.floor((i * plan.length) / count));
  for await (const loaded of loadBatches(loader, plan, order, 0)) {
    if (!loaded.batch) continue;
    batches.push(loaded.batch);
    audioSec.push(loaded.audioSec);
  }
  await pool.dispose();
  return { experiment, batches, spec, audioSec, epochBatches: plan.length };
}

async function timed(work: () => unknown): Promise<number> {
  const startMs = performance.now();
  await work();
  return performance.now() - startMs;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
