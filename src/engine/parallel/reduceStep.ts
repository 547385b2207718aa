import { normMomentum } from '../../nn/layers/convBlock.ts';
import type { TrainingBatch } from '../../training/executor.ts';
import type { Mpi } from './mpi.ts';

/** What a step needs of the weights: the flat gradient and the running statistics, both replaced by those of all ranks. */
interface StepVectors {
  optimizer: { gradient: Float32Array };
  buffers: Float32Array;
}

/** Of this rank's batches, or of all ranks'. */
interface StepSums {
  loss: number;
  utteranceLosses: Float32Array;
  utteranceGradients: Float32Array;
  gradientNorm: number;
  components?: { ctc: number; attention: number } | undefined;
}

/**
 * One step of all ranks from what each computed: the gradient is the mean over all utterances, as if one rank had
 * accumulated the batches, and everything that is decided by the result is decided alike on every rank. Running
 * statistics end as if the ranks' batches had been seen one after another in the order of the ranks; each batch is
 * normalised by its own statistics, so nothing else depends on that order.
 */
export function reduceStep(
  mpi: Mpi,
  { optimizer: { gradient }, buffers }: StepVectors,
  buffersBefore: Float32Array,
  batches: readonly TrainingBatch[],
  own: StepSums,
): Omit<StepSums, 'components'> & { utterances: number; components?: { ctc: number; attention: number } } {
  const utterances = batches.reduce((sum, { batch }) => sum + batch, 0);
  const { ctc = 0, attention = 0 } = own.components ?? {};
  const sums = sumOf(mpi, [utterances, own.loss * utterances, ctc * utterances, attention * utterances]);
  const [total, loss, ctcSum, attentionSum] = sums as [number, number, number, number];
  const share = utterances / Math.max(1, total);
  const scaled = gradient.map((value) => (value * utterances) / Math.max(1, total));
  mpi.sum(scaled, gradient);
  joinStatistics(mpi, buffers, buffersBefore, batches.length);
  let squares = 0;
  for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  return {
    loss: loss / total,
    utteranceLosses: own.utteranceLosses,
    utteranceGradients: own.utteranceGradients.map((squares) => squares * share * share),
    gradientNorm: Math.sqrt(squares),
    utterances: total,
    // A rank without batches does not know whether there are two losses; it writes no events either.
    ...(own.components ? { components: { ctc: ctcSum / total, attention: attentionSum / total } } : {}),
  };
}

function sumOf(mpi: Mpi, values: readonly number[]): number[] {
  const to = new Float64Array(values.length);
  mpi.sum(Float64Array.from(values), to);
  return [...to];
}

/** Each batch moves a statistic to (1 − m)·before + m·own, so what a rank added only fades with each later batch. */
function joinStatistics(mpi: Mpi, buffers: Float32Array, before: Float32Array, batches: number): void {
  if (buffers.length === 0) return;
  const counts = sumOf(
    mpi,
    Array.from({ length: mpi.size }, (_, rank) => (rank === mpi.rank ? batches : 0)),
  );
  const fade = (times: number) => (1 - normMomentum) ** times;
  const later = counts.slice(mpi.rank + 1).reduce((sum, count) => sum + count, 0);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const kept = fade(batches);
  const added = new Float64Array(buffers.length);
  for (let i = 0; i < added.length; i++) added[i] = fade(later) * (buffers[i]! - kept * before[i]!);
  const sum = new Float64Array(buffers.length);
  mpi.sum(added, sum);
  for (let i = 0; i < sum.length; i++) buffers[i] = fade(all) * before[i]! + sum[i]!;
}
