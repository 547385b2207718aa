import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseEventLines } from '../src/shared/run/eventLines.ts';
import type { EngineEvent, Evaluated, StepDone } from '../src/shared/run/events.ts';
import { runFiles } from '../src/shared/run/layout.ts';

/**
 * What each part of the recipe does to the dev word error rate of AN4, one run per row, all else equal.
 * `npm run bench:ablate [-- --data ../shared/data/an4 --out out/ablate --epochs 14 --threads 1 --only base,noSpecAugment]`
 * Runs that are finished are not repeated and a broken one goes on from its checkpoint; `--report` only prints the table.
 */
interface Variant {
  name: string;
  what: string;
  set: readonly string[];
  /** What the guide whose settings are the preset `article` promises of it. */
  claim?: string;
  seeds?: readonly number[];
}

const variants: readonly Variant[] = [
  { name: 'base', what: 'as in the first line', set: [], seeds: [1, 2, 3] },
  {
    name: 'noSpecAugment',
    what: 'without SpecAugment',
    set: ['augment.timeMasks.count=0', 'augment.frequencyMasks.count=0'],
    claim: 'all augmentation: −12 % WER',
  },
  {
    name: 'noSpeed',
    what: 'without speed perturbation',
    set: ['augment.speed=[1]'],
    claim: 'all augmentation: −12 % WER',
  },
  { name: 'noBatchNorm', what: 'without batch normalisation', set: ['model.norm=none'] },
  { name: 'noProjection', what: 'without projection before the recurrence', set: ['model.rnn.projection=0'] },
  { name: 'gru', what: 'GRU for LSTM', set: ['model.rnn.cell=gru'] },
  { name: 'residual', what: 'residual connections', set: ['model.residual=true'] },
  {
    name: 'attention',
    what: 'CTC and attention (0.7 : 0.3), read by CTC',
    set: ['model.attention.enabled=true', 'loss.ctcWeight=0.7'],
  },
  { name: 'labelSmoothing', what: 'label smoothing 0.1 (CTC: KL to uniform)', set: ['loss.labelSmoothing=0.1'] },
  { name: 'averaging', what: 'the last 3 epochs averaged', set: ['training.averageLast=3'] },
  {
    name: 'warmRestarts',
    what: 'cosine warm restarts (2, 4, 8 epochs) for one-cycle',
    set: ['schedule.type=cosineWarmRestarts', 'schedule.t0Epochs=2', 'schedule.tMult=2'],
    claim: '+28 % speed',
  },
];

const { values: options } = parseArgs({
  options: {
    data: { type: 'string', default: '../shared/data/an4' },
    out: { type: 'string', default: 'out/ablate' },
    epochs: { type: 'string', default: '14' },
    threads: { type: 'string', default: '1' },
    only: { type: 'string' },
    report: { type: 'boolean', default: false },
  },
});
const out = resolve(options.out);
const engine = fileURLToPath(new URL('../dist/engine.js', import.meta.url));

/** The settings of examples/an4.asr.yaml with fewer passes. */
function configText(): string {
  const data = resolve(options.data);
  const own = readFileSync(new URL('../examples/an4.asr.yaml', import.meta.url), 'utf8');
  return own
    .replace('[an4/train.jsonl]', JSON.stringify([join(data, 'train.jsonl')]))
    .replace('[an4/dev.jsonl]', JSON.stringify([join(data, 'dev.jsonl')]))
    .replace(/epochs: \d+/, `epochs: ${options.epochs}`);
}

interface Outcome {
  wer: number;
  cer: number;
  /** Epoch of the best WER, from 1. */
  epoch: number;
  minutes: number;
  stepMs: number;
}

const directoryOf = (variant: Variant, seed: number) => join(out, `${variant.name}-${seed}`);

function readOutcome(directory: string): Outcome | undefined {
  const file = join(directory, runFiles.events);
  if (!existsSync(file)) return undefined;
  const { events } = parseEventLines(readFileSync(file, 'utf8'));
  if (!events.some((event) => event.kind === 'finished' && event.reason === 'done')) return undefined;
  const evaluated = events.filter((event): event is Evaluated => event.kind === 'evaluated');
  const best = evaluated.reduce((a, b) => (b.wer < a.wer ? b : a));
  return {
    wer: best.wer,
    cer: best.cer,
    epoch: best.epoch + 1,
    minutes: events.reduce((sum, event) => sum + (event.kind === 'finished' ? event.durationMs : 0), 0) / 60_000,
    stepMs: medianStepMs(events),
  };
}

function medianStepMs(events: readonly EngineEvent[]): number {
  const steps = events.filter((event): event is StepDone => event.kind === 'step');
  const sorted = steps.map(({ durationMs, waitMs }) => durationMs - waitMs).sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function train(variant: Variant, seed: number): void {
  const directory = directoryOf(variant, seed);
  if (readOutcome(directory)) return;
  mkdirSync(out, { recursive: true });
  const config = join(out, 'an4.asr.yaml');
  writeFileSync(config, configText());
  const set = [`seed=${seed}`, ...variant.set].flatMap((assignment) => ['--set', assignment]);
  const argv = [engine, 'train', config, '--run-dir', directory, '--resume', '--threads', options.threads, ...set];
  console.error(`== ${variant.name}, seed ${seed}`);
  const { status } = spawnSync(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) console.error(`${variant.name}, seed ${seed}: exit code ${status}; it goes on when started again`);
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
const signed = (points: number) => `${points < 0 ? '−' : '+'}${Math.abs(points).toFixed(1)}`;

function report(): string {
  const base = variants[0]!.seeds!.flatMap((seed) => readOutcome(directoryOf(variants[0]!, seed)) ?? []);
  const mean = base.reduce((sum, { wer }) => sum + wer, 0) / base.length;
  const spread = Math.sqrt(base.reduce((sum, { wer }) => sum + (wer - mean) ** 2, 0) / Math.max(1, base.length - 1));
  const rows = variants.flatMap((variant) =>
    (variant.seeds ?? [1]).map((seed) => {
      const outcome = readOutcome(directoryOf(variant, seed));
      if (!outcome) return `| ${variant.what} | ${seed} | not run | | | | | |`;
      const change = variant.seeds
        ? ''
        : `${signed(100 * (outcome.wer - mean))} (${signed((outcome.wer / mean - 1) * 100)} %)`;
      const { wer, cer, epoch, minutes, stepMs } = outcome;
      const cells = [variant.what, seed, percent(wer), change, percent(cer), epoch, `${stepMs.toFixed(0)} ms`];
      return `| ${[...cells, `${minutes.toFixed(1)} min`, variant.claim ?? ''].join(' | ')} |`;
    }),
  );
  return [
    '| variant | seed | dev WER | against the mean of base | dev CER | best epoch | step, median | time | promised |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows,
    '',
    `base: mean WER ${percent(mean)}, standard deviation ${percent(spread)} over ${base.length} seeds.`,
  ].join('\n');
}

if (!options.report) {
  const wanted = options.only?.split(',');
  for (const variant of variants)
    if (!wanted || wanted.includes(variant.name)) for (const seed of variant.seeds ?? [1]) train(variant, seed);
}
console.log(report());
