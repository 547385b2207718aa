import { dirname, join } from 'node:path';
import type { Experiment } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import { type BatchLoader, type LoadedBatch, loadBatches } from '../../training/data/batchLoader.ts';
import { createFeaturePool, type FeaturePool } from '../../training/data/featurePool.ts';
import { noiseChooser } from '../../training/data/noiseSet.ts';
import { checkOutput, writeError } from '../../training/fileError.ts';
import { analyzeRates, type RangeResult, type RangeRules, sweepRates } from '../../training/rangeTest.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { readStatistics } from '../../training/runState.ts';
import { createLoader, loadTrainingData, type TrainingData } from '../../training/trainingData.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';
import { readExperimentFile } from '../experimentFile.ts';
import { createOrtExecutor } from '../ortExecutor.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';
import { measureTrainingSet } from '../train/runStart.ts';
import { trainingSetup } from '../trainingSetup.ts';
import { workerFile } from '../workerFiles.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const configFile = args.operands[0]!;
  const { experiment, problems } = await readExperimentFile(configFile, args.texts('set'));
  if (!experiment) throw new UserError(`${configFile} has errors`, problems);
  const rules = readRules(args, experiment);
  const out = args.text('out') ?? join(dirname(configFile), 'range-test.json');
  checkOutput(out, 'range test');
  const cores = experiment.training.threads === 'auto' ? physicalCores() : experiment.training.threads;
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? cores;
  let stopped = false;
  const release = terminal.onInterrupt(() => {
    stopped = true;
  });
  const result = await sweep(experiment, configFile, { rules, threads, stopped: () => stopped }, terminal);
  release();
  if (stopped) return 130;
  const document = { optimizer: experiment.optimizer, ...rules, ...result };
  await replaceFile(out, `${JSON.stringify(document, undefined, 1)}\n`).catch((error: unknown) => {
    throw writeError(error, out, 'range test');
  });
  for (const line of renderRange(result, out)) terminal.print(line);
  terminal.result({ file: out, ...document });
  return 0;
}

function readRules(args: ParsedArguments, { training, seed }: Experiment): RangeRules {
  const rate = (name: string) => args.number(name, { min: 1e-12, max: 100 });
  const [min, max] = [rate('min') ?? 1e-6, rate('max') ?? 1];
  if (min >= max) throw new UsageError(`--min is ${min}, not below --max (${max})`);
  const steps = args.number('steps', { min: 10, max: 10_000, integer: true }) ?? 100;
  return { min, max, steps, accumulate: training.accumulate, seed };
}

interface Sweep {
  rules: RangeRules;
  threads: number;
  stopped(): boolean;
}

async function sweep(
  experiment: Experiment,
  configFile: string,
  { rules, threads, stopped }: Sweep,
  terminal: Terminal,
): Promise<RangeResult> {
  const { features, augment, seed } = experiment;
  const pool = createFeaturePool(workerFile('feature'), 1, { spec: features, augment, seed });
  try {
    terminal.progress('reading the recordings');
    const data = await loadTrainingData(experiment, configFile, pool);
    const executor = await createOrtExecutor(trainingSetup(experiment, data.spec, threads));
    try {
      const loader = await openLoader(experiment, data, pool, terminal);
      const points = await sweepRates(executor, endless(data, loader), rules, stopped, ({ learningRate, loss }, step) =>
        terminal.progress(`step ${step + 1}/${rules.steps} · lr ${rateText(learningRate)} · loss ${lossText(loss)}`),
      );
      return analyzeRates(points);
    } finally {
      await executor.dispose();
    }
  } finally {
    terminal.progress('');
    await pool.dispose();
  }
}

async function openLoader(experiment: Experiment, data: TrainingData, pool: FeaturePool, terminal: Terminal) {
  const statistics = readStatistics(await measureTrainingSet(experiment, data, pool));
  const loader = createLoader(experiment, data.train.examples, pool, statistics, terminal.report);
  return { ...loader, noiseFor: noiseChooser(experiment, data.noise.clips) };
}

/** Shuffled epochs one after another: the first of a run is sorted by length, which would look like a change of rate. */
async function* endless({ planner }: TrainingData, loader: BatchLoader): AsyncGenerator<LoadedBatch> {
  for (let epoch = 1; ; epoch++) {
    const plan = planner.planEpoch(epoch);
    yield* loadBatches(loader, plan, plan.keys(), epoch);
  }
}

const rateText = (rate: number) => rate.toExponential(2);
const lossText = (loss: number | null) => (loss === null ? 'not finite' : loss.toFixed(4));
const shownRows = 20;

/** About twenty rows of the sweep, then what follows from it. */
function renderRange(result: RangeResult, file: string): string[] {
  const { points, steepest, lowest, diverges, suggested } = result;
  const stride = Math.max(1, Math.ceil(points.length / shownRows));
  const rows = points.filter((_, index) => index % stride === 0 || index === points.length - 1);
  const table = rows.map(
    ({ learningRate, loss, smoothed }) =>
      `${rateText(learningRate).padStart(13)}  ${lossText(loss).padStart(10)}  ${lossText(smoothed).padStart(10)}`,
  );
  const found = (name: string, rate: number | null, none: string) => `${name} ${rate === null ? none : rateText(rate)}`;
  return [
    'learning rate   loss/token    smoothed',
    ...table,
    [
      found('falls fastest at', steepest, 'no rate'),
      found('lowest at', lowest, 'no rate'),
      found('diverges at', diverges, 'no rate of the sweep'),
    ].join(', '),
    suggested === null
      ? 'no suggestion: the loss did not fall; try a wider range or more steps'
      : `suggested: optimizer.learningRate ${Number(suggested.toPrecision(2))}`,
    `written to ${file}`,
  ];
}
