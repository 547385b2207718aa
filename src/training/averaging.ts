import type { Experiment } from '../shared/config/schema.ts';
import type { ModelVectors } from './executor.ts';

/** An epoch whose weights are kept on disk, to be averaged at the end. */
export interface KeptEpoch {
  /** From 0. */
  epoch: number;
  /** Dev WER, or training loss where there is no dev set. */
  metric: number;
  loss: number | null;
}

/** The epochs to keep after one more: the last, or the best by metric and then by loss. */
export function keepEpoch(
  kept: readonly KeptEpoch[],
  ended: KeptEpoch,
  { averageLast, averageBest }: Pick<Experiment['training'], 'averageLast' | 'averageBest'>,
): KeptEpoch[] {
  const all = [...kept.filter(({ epoch }) => epoch !== ended.epoch), ended];
  if (averageLast > 0) return all.sort((a, b) => a.epoch - b.epoch).slice(-averageLast);
  const lossOf = ({ loss }: KeptEpoch) => loss ?? Number.MAX_VALUE;
  return all.sort((a, b) => a.metric - b.metric || lossOf(a) - lossOf(b) || a.epoch - b.epoch).slice(0, averageBest);
}

/**
 * Mean of models of one layout, added one at a time and summed in float64. Running means and variances of batch
 * normalisation are averaged like weights; PyTorch's swa_utils.update_bn would measure them anew in a pass over the
 * training data.
 */
export interface ModelMean {
  readonly count: number;
  add(model: ModelVectors): void;
  result(): ModelVectors;
}

export function createModelMean(): ModelMean {
  let sums: { parameters: Float64Array; buffers: Float64Array } | undefined;
  let count = 0;
  return {
    get count() {
      return count;
    },
    add({ parameters, buffers }) {
      sums ??= { parameters: new Float64Array(parameters.length), buffers: new Float64Array(buffers.length) };
      addTo(sums.parameters, parameters);
      addTo(sums.buffers, buffers);
      count++;
    },
    result() {
      const { parameters, buffers } = sums!;
      return {
        parameters: Float32Array.from(parameters, (sum) => sum / count),
        buffers: Float32Array.from(buffers, (sum) => sum / count),
      };
    },
  };
}

function addTo(sum: Float64Array, values: Float32Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}
