import { expect, test } from 'vitest';
import { identity } from '../../src/graph/ops/index.ts';
import type { Value } from '../../src/graph/value.ts';
import type { Batch } from '../../src/nn/batch.ts';
import { layoutParameters, outputFrames } from '../../src/nn/models/index.ts';
import { initializeBuffers } from '../../src/nn/parameterLayout.ts';
import { type LossConfig, plainCtc } from '../../src/nn/stepLoss.ts';
import { buildStepParts } from '../../src/nn/stepParts.ts';
import { stepValues } from '../../src/nn/trainingStep.ts';
import { ctcLoss } from '../../src/training/ctcLoss.ts';
import { type ModelCase, modelCases } from './modelCases.ts';
import { type FeedContent, runGraph } from './ort.ts';

/** Of a model with CTC and a decoder; the loss takes either or both. */
const [, joint] = modelCases().find(([, { loss }]) => loss)!;
const losses: [string, LossConfig][] = [
  ['CTC', plainCtc],
  ['CTC and the decoder', { ctcWeight: 0.4, labelSmoothing: 0 }],
  ['the decoder', { ctcWeight: 0, labelSmoothing: 0.1 }],
];

test.each(losses)('squared gradients at the logits are those of each utterance by itself (%s)', async (_, loss) => {
  const { spec, batch, sizes, feeds } = givenBatch(joint);
  const { outputs, feeds: feedsOf } = stepValues(spec, layoutParameters(spec), sizes, loss);
  const given = feeds(feedsOf(batch, { seed: 1, step: 0 }));
  const { utteranceGradient } = await runGraph(outputs as Record<'utteranceGradient', Value>, given);
  const parts = buildStepParts(spec, layoutParameters(spec), sizes, loss);
  const named = Object.fromEntries(parts.logits.map((value, i) => [String(i), identity(value)]));
  const logits = await runGraph(named, feeds(parts.feeds(batch, { seed: 1, step: 0 })));
  const { ctcWeight, labelSmoothing } = loss;
  const tables = parts.logits.map((_, i) => tableOf(logits[String(i)]!, batch.batch));
  const [first, second] = tables as [Table, Table?];
  for (let b = 0; b < batch.batch; b++) {
    const tokens = [...batch.tokens[b]!];
    let expected = 0;
    if (ctcWeight > 0)
      expected +=
        ctcWeight ** 2 * squaredCtcGradient(first(b, outputFrames(spec.config, batch.frameCounts[b]!)), tokens);
    const decoder = ctcWeight === 0 ? first : second;
    if (decoder)
      expected += (1 - ctcWeight) ** 2 * squaredEntropyGradient(decoder(b, tokens.length + 1), tokens, labelSmoothing);
    // The loss is the mean over the utterances.
    expected /= batch.batch ** 2;
    expect(Math.abs(utteranceGradient.numbers[b]! - expected)).toBeLessThanOrEqual(1e-4 * expected);
  }
});

test('looking at the logits changes no bit of the gradient', async () => {
  const { spec, batch, sizes, feeds } = givenBatch(joint);
  const { outputs, feeds: feedsOf } = stepValues(spec, layoutParameters(spec), sizes, joint.loss);
  const given = feeds(feedsOf(batch, { seed: 1, step: 0 }));
  const { gradients } = outputs as Record<'gradients', Value>;
  const alone = await runGraph({ gradients }, given);
  const together = await runGraph(outputs as Record<'gradients', Value>, given);
  expect(together.gradients.data).toEqual(alone.gradients.data);
});

function givenBatch(item: ModelCase) {
  const spec = { config: { ...item.config, dropout: 0 }, bins: item.bins, vocabularySize: item.vocabulary };
  const given = item.batches[0]!;
  const batch: Batch = {
    features: given.features.data,
    batch: given.lengths.length,
    frames: given.features.shape[1]!,
    bins: item.bins,
    frameCounts: Int32Array.from(given.lengths),
    tokens: given.targets.map((target) => Int32Array.from(target)),
    ids: given.lengths.map(String),
  };
  const maxTokens = Math.max(...given.targets.map(({ length }) => length));
  // A spare row, which has neither loss nor gradient.
  const sizes = { batch: batch.batch + 1, frames: batch.frames, maxTokens };
  const layout = layoutParameters(spec);
  const weights: Record<string, FeedContent> = {};
  for (const { name, offset, size } of layout.entries)
    weights[name] = item.initial.data.subarray(offset, offset + size);
  const buffers = initializeBuffers(layout);
  for (const { name, offset, size } of layout.buffers) weights[name] = buffers.subarray(offset, offset + size);
  const feeds = (made: Record<string, { data: FeedContent }>) => ({
    ...weights,
    ...Object.fromEntries(Object.entries(made).map(([name, { data }]) => [name, data])),
  });
  return { spec, batch, sizes, feeds };
}

/** The first rows of an utterance's logits, [steps][vocabulary]. */
type Table = (utterance: number, steps: number) => number[][];

function tableOf({ shape, numbers }: { shape: readonly number[]; numbers: number[] }, rows: number): Table {
  const [, batch, vocabulary] = shape as [number, number, number];
  expect(batch).toBe(rows + 1);
  return (utterance, steps) =>
    Array.from({ length: steps }, (_, t) => {
      const start = (t * batch + utterance) * vocabulary;
      return numbers.slice(start, start + vocabulary);
    });
}

function logSoftmax(row: readonly number[]): number[] {
  const most = Math.max(...row);
  const total = most + Math.log(row.reduce((sum, value) => sum + Math.exp(value - most), 0));
  return row.map((value) => value - total);
}

/** By central differences in float64; none where no path spells the tokens. */
function squaredCtcGradient(logits: number[][], tokens: number[]): number {
  const width = logits[0]!.length;
  const lossOf = () => ctcLoss(Float64Array.from(logits.flatMap(logSoftmax)) as never, logits.length, width, tokens);
  if (!Number.isFinite(lossOf())) return 0;
  let sum = 0;
  for (const row of logits)
    for (const [v, value] of row.entries()) {
      row[v] = value + 1e-4;
      const above = lossOf();
      row[v] = value - 1e-4;
      const below = lossOf();
      row[v] = value;
      sum += ((above - below) / 2e-4) ** 2;
    }
  return sum;
}

/** Of cross-entropy with the tokens and the end (0): probability − target. */
function squaredEntropyGradient(logits: number[][], tokens: number[], smoothing: number): number {
  let sum = 0;
  for (const [step, row] of logits.entries())
    for (const [v, value] of logSoftmax(row).entries()) {
      const target = (v === (tokens[step] ?? 0) ? 1 - smoothing : 0) + smoothing / row.length;
      sum += (Math.exp(value) - target) ** 2;
    }
  return sum;
}
