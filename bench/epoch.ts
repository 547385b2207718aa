import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createOrtExecutor } from '../src/engine/ortExecutor.ts';
import { trainingSetup } from '../src/engine/trainingSetup.ts';
import { workerFile } from '../src/engine/workerFiles.ts';
import { featureBins } from '../src/shared/config/derived.ts';
import { parseExperiment } from '../src/shared/config/parseExperiment.ts';
import type { Experiment } from '../src/shared/config/schema.ts';
import { parseEventLines } from '../src/shared/run/eventLines.ts';
import type { EngineEvent, Evaluated, StepDone } from '../src/shared/run/events.ts';
import { runFiles } from '../src/shared/run/layout.ts';
import { loadBatches } from '../src/training/data/batchLoader.ts';
import { createFeaturePool } from '../src/training/data/featurePool.ts';
import { noiseChooser } from '../src/training/data/noiseSet.ts';
import { measureStatistics } from '../src/training/data/statistics.ts';
import type { TrainingBatch } from '../src/training/executor.ts';
import { createLoader, loadTrainingData } from '../src/training/trainingData.ts';

/**
 * What an epoch costs beside its steps: reading, augmentation, features, events, checkpoints.
 * `npm run bench:epoch [-- --data ../shared/data/an4 --epochs 3 --utterances 844 --threads 2 --set key=value …]`
 * Trains with the engine as a user would and takes the times from its events; then runs the very same batches, all in
 * memory, through the bare executor with nothing beside it, so that cores which loading takes from the graph count too.
 * The first epoch, which builds the graphs, is left out. Evaluation is apart.
 */
const bar = 1.05;
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: join(root, '../shared/data/an4') },
    epochs: { type: 'string', default: '3' },
    utterances: { type: 'string', default: '844' },
    threads: { type: 'string', default: '2' },
    set: { type: 'string', multiple: true, default: [] },
  },
});
const epochs = 1 + Number(values.epochs);
const threads = Number(values.threads);

interface EpochTimes {
  steps: number;
  /** All in seconds: from its first step to the next epoch's, evaluation left out. */
  wall: number;
  compute: number;
  waiting: number;
  evaluation: number;
}

const folder = mkdtempSync(join(tmpdir(), 'asr-epoch-'));
try {
  const config = writeConfig();
  const engine = await trainWithEngine(config);
  const bare = await runBare(config);
  let passed = true;
  engine.forEach((times, i) => {
    const { steps, wall, compute, waiting, evaluation } = times;
    const ratio = wall / compute;
    passed &&= ratio <= bar;
    const seconds = (value: number) => `${value.toFixed(2)} s`;
    console.log(
      `epoch ${i + 2}: ${seconds(wall)}, of that ${steps} steps ${seconds(compute)}, waiting for batches ${seconds(waiting)}, ` +
        `events, checkpoints and the rest ${seconds(wall - compute - waiting)}; bare steps ${seconds(bare[i]!)}; evaluation ${seconds(evaluation)}`,
    );
    console.log(
      `  ${ratio.toFixed(3)} × its steps (bar ${bar} ${ratio <= bar ? 'met' : 'MISSED'}), ${(wall / bare[i]!).toFixed(3)} × the bare steps`,
    );
  });
  process.exitCode = passed ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** The example's config on the first so many utterances, spread over the manifest. */
function writeConfig(): string {
  const lines = readFileSync(join(values.data, 'train.jsonl'), 'utf8').trim().split('\n');
  const stride = Math.max(1, lines.length / Number(values.utterances));
  const chosen = lines.filter((_, i) => Math.floor(i / stride) !== Math.floor((i - 1) / stride));
  const absolute = chosen.map((line) => {
    const fields = JSON.parse(line) as { audio_filepath: string };
    return JSON.stringify({ ...fields, audio_filepath: resolve(values.data, fields.audio_filepath) });
  });
  writeFileSync(join(folder, 'train.jsonl'), `${absolute.join('\n')}\n`);
  const config = readFileSync(join(root, 'examples/an4.asr.yaml'), 'utf8')
    .replace('[an4/train.jsonl]', '[train.jsonl]')
    .replace('[an4/dev.jsonl]', `[${resolve(values.data, 'dev.jsonl')}]`);
  const file = join(folder, 'epoch.asr.yaml');
  writeFileSync(file, config);
  return file;
}

function sets(): string[] {
  return [...values.set, `training.epochs=${epochs}`, `training.threads=${threads}`];
}

async function trainWithEngine(config: string): Promise<EpochTimes[]> {
  const run = join(folder, 'run');
  const keys = sets().flatMap((set) => ['--set', set]);
  const child = spawn(
    process.execPath,
    [join(root, 'src/engine/main.ts'), 'train', config, '--run-dir', run, ...keys],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let talk = '';
  child.stderr.on('data', (bytes: Buffer) => {
    talk = (talk + bytes.toString()).slice(-4000);
  });
  const code = await new Promise((done) => child.once('close', done));
  if (code !== 0) throw new Error(`the engine ended with ${code}:\n${talk}`);
  const { events } = parseEventLines(readFileSync(join(run, runFiles.events), 'utf8'));
  return Array.from({ length: epochs - 1 }, (_, i) => timesOf(events, i + 1));
}

function timesOf(events: readonly EngineEvent[], epoch: number): EpochTimes {
  const stepsOf = (one: number) =>
    events.filter((event): event is StepDone => event.kind === 'step' && event.epoch === one);
  const startMs = (steps: readonly StepDone[]) => steps[0] && steps[0].timeMs - steps[0].durationMs;
  const steps = stepsOf(epoch);
  const evaluated = events.find((event): event is Evaluated => event.kind === 'evaluated' && event.epoch === epoch);
  const endMs = startMs(stepsOf(epoch + 1)) ?? events.at(-1)!.timeMs;
  const sum = (value: (step: StepDone) => number) => steps.reduce((total, step) => total + value(step), 0) / 1000;
  const evaluation = (evaluated?.durationMs ?? 0) / 1000;
  return {
    steps: steps.length,
    wall: (endMs - startMs(steps)!) / 1000 - evaluation,
    compute: sum(({ durationMs, waitMs }) => durationMs - waitMs),
    waiting: sum(({ waitMs }) => waitMs),
    evaluation,
  };
}

/** Seconds of each epoch's steps but the first's, with the batches at hand. */
async function runBare(configFile: string): Promise<number[]> {
  const parsed = parseExperiment(readFileSync(configFile, 'utf8'), configFile, sets());
  if (!parsed.experiment) throw new Error(parsed.problems[0]!.message);
  const { experiment } = parsed;
  const { vocabularySize, loaded } = await loadAll(experiment, configFile);
  const spec = { config: experiment.model, bins: featureBins(experiment.features), vocabularySize };
  const executor = await createOrtExecutor(trainingSetup(experiment, spec, threads));
  const seconds: number[] = [];
  let step = 0;
  for (const batches of loaded) {
    const startMs = performance.now();
    for (const batch of batches) await executor.step([batch], { learningRate: 1e-4, seed: 1, step: step++ });
    seconds.push((performance.now() - startMs) / 1000);
  }
  await executor.dispose();
  return seconds.slice(1);
}

async function loadAll(experiment: Experiment, configFile: string) {
  const { features, augment, seed } = experiment;
  const pool = createFeaturePool(workerFile('feature'), 2, { spec: features, augment, seed });
  const data = await loadTrainingData(experiment, configFile, pool);
  const { examples } = data.train;
  const bins = featureBins(features);
  const statistics =
    features.normalization === 'global'
      ? await measureStatistics(examples, { bins, sampleRateHz: features.sampleRateHz, seed }, pool)
      : null;
  const loader = {
    ...createLoader(experiment, examples, pool, statistics, () => undefined),
    noiseFor: noiseChooser(experiment, data.noise.clips),
  };
  const loaded: TrainingBatch[][] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const batches: TrainingBatch[] = [];
    const plan = data.planner.planEpoch(epoch);
    for await (const { batch } of loadBatches(loader, plan, plan.keys(), epoch)) if (batch) batches.push(batch);
    loaded.push(batches);
  }
  await pool.dispose();
  return { vocabularySize: data.tokenizer.vocabulary.length, loaded };
}
