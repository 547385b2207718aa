import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { forecastRun } from '../src/analysis/memoryForecast.ts';
import { graphProcessEnvironment } from '../src/engine/ortClient.ts';
import { trainingSetup } from '../src/engine/trainingSetup.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import type { BatchShape } from '../src/training/executor.ts';
import type { MemoryRequest } from './memoryStep.ts';

/**
 * Forecast peak memory of the graph process beside the measured one (VmHWM of a fresh process after some steps), for a
 * grid of models and batch shapes. Exits with 1 when one is off by more than 15 %. `--only small,gru` chooses models.
 */
const tolerance = 0.15;

/** As many as a corpus of utterances of 0.7 to 6 s has. */
const manyShapes = Array.from({ length: 40 }, (_, i) => {
  const frames = 4 * Math.round(18 * 1.055 ** i);
  return { rows: Math.floor(2400 / frames), frames, maxTokens: Math.ceil(frames / 8) };
});

const shape = (rows: number, frames: number): BatchShape => ({ rows, frames, maxTokens: Math.ceil(frames / 8) });

const bar = {
  blocks: [
    { channels: 64, pool: [2, 2] },
    { channels: 128, pool: [1, 2] },
    { channels: 256, pool: [1, 2] },
  ],
  norm: 'none',
  rnn: { hiddenSize: 256, layers: 1, projection: 0 },
  dropout: 0,
};
const conformer = { type: 'conformer', conformer: { dimension: 144, layers: 4 } };

export const memoryGrid: Record<string, { experiment: object; shapes: BatchShape[]; inOneRun?: boolean }> = {
  small: { experiment: {}, shapes: [shape(1, 100), shape(8, 248), shape(5, 800), shape(2, 2000), shape(16, 400)] },
  gru: { experiment: { model: { rnn: { cell: 'gru' } } }, shapes: [shape(8, 400)] },
  layer: { experiment: { model: { norm: 'layer' } }, shapes: [shape(8, 400)] },
  bar: { experiment: { model: bar }, shapes: [shape(8, 248), shape(5, 800)] },
  wide: { experiment: { model: { rnn: { hiddenSize: 800, layers: 3, projection: 0 } } }, shapes: [shape(4, 400)] },
  attention: {
    experiment: { model: { attention: { enabled: true } }, loss: { ctcWeight: 0.5 } },
    shapes: [shape(8, 400)],
  },
  conformer: { experiment: { model: conformer }, shapes: [shape(8, 400), shape(3, 1000)] },
  sgd: {
    experiment: { optimizer: { type: 'sgd' }, training: { emaDecay: 0.99, accumulate: 2 } },
    shapes: [shape(8, 248)],
  },
  run: {
    experiment: {
      model: {
        blocks: [
          { channels: 32, pool: [2, 2] },
          { channels: 64, pool: [2, 2] },
          { channels: 128, pool: [1, 2] },
        ],
      },
    },
    shapes: manyShapes,
    inOneRun: true,
  },
  fp16: { experiment: { training: { precision: 'fp16' } }, shapes: [shape(8, 248)] },
};

/** Peak of a fresh process that trains on the shapes in turn, and what was forecast for it. */
export function compareMemory(
  partial: object,
  shapes: BatchShape[],
  stepsPerShape = 4,
): { forecast: number; measured: number } {
  const experiment = experimentSchema.parse({ data: { train: ['none'] }, ...partial });
  const setup = trainingSetup(experiment, { config: experiment.model, bins: 80, vocabularySize: 29 }, 2);
  const { accumulate } = experiment.training;
  const request: MemoryRequest = { setup, shapes, batchesPerStep: accumulate, stepsPerShape };
  const answer = execFileSync(
    process.execPath,
    [fileURLToPath(new URL('memoryStep.ts', import.meta.url)), JSON.stringify(request)],
    { env: { ...process.env, ...graphProcessEnvironment }, encoding: 'utf8' },
  );
  const { peaks } = JSON.parse(answer) as { peaks: number[] };
  return { forecast: forecastRun({ ...setup, accumulate }, shapes).peakBytes, measured: peaks.at(-1)! };
}

const nameOf = (shapes: BatchShape[]) =>
  shapes.length > 1 ? `with ${shapes.length} shapes` : `${shapes[0]!.rows} × ${shapes[0]!.frames}`;

if (import.meta.main) {
  const at = process.argv.indexOf('--only');
  const chosen = at < 0 ? Object.keys(memoryGrid) : process.argv[at + 1]!.split(',');
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  for (const name of chosen) {
    const { experiment, shapes, inOneRun } = memoryGrid[name]!;
    for (const batches of inOneRun ? [shapes] : shapes.map((one) => [one])) {
      const { forecast, measured } = compareMemory(experiment, batches);
      const ratio = forecast / measured;
      const passed = Math.abs(ratio - 1) <= tolerance;
      if (!passed) process.exitCode = 1;
      console.log(
        `${name} ${nameOf(batches)}: forecast ${mib(forecast)}, measured ${mib(measured)}, ratio ${ratio.toFixed(3)}${passed ? '' : ' MISSED'}`,
      );
    }
  }
}
