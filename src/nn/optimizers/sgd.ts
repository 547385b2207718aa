import type { ParameterLayout } from '../parameterLayout.ts';
import { decayRuns } from './adamw.ts';
import type { Optimizer, UpdateOptions } from './optimizer.ts';

export interface SgdConfig {
  momentum: number;
  nesterov: boolean;
  /** Added to the gradient (coupled), on weight matrices only. */
  weightDecay: number;
}

/**
 * torch.optim.SGD without dampening: g ← g + decay·w; buffer ← momentum·buffer + g; w ← w − rate·buffer, or with
 * nesterov w ← w − rate·(g + momentum·buffer). The buffer starts at zero, which equals PyTorch's copy of the first g.
 */
export function createSgdMemory(layout: Pick<ParameterLayout, 'entries' | 'total'>, config: SgdConfig): Optimizer {
  const parameters = new Float32Array(layout.total);
  const gradient = new Float32Array(layout.total);
  const buffer = config.momentum > 0 ? new Float32Array(layout.total) : undefined;
  const runs = decayRuns(layout);
  return {
    parameters,
    gradient,
    slots: buffer ? { momentum: buffer } : {},
    update(options) {
      for (const { from, to, weightDecay } of runs) {
        const range = { from, to, decay: weightDecay ? config.weightDecay : 0 };
        if (buffer) updateWithMomentum(parameters, gradient, buffer, range, config, options);
        else updatePlain(parameters, gradient, range, options);
      }
    },
  };
}

interface Range {
  from: number;
  to: number;
  decay: number;
}

function updatePlain(
  parameters: Float32Array,
  gradient: Float32Array,
  { from, to, decay }: Range,
  { learningRate, gradientScale }: UpdateOptions,
): void {
  for (let i = from; i < to; i++) {
    const weight = parameters[i]!;
    parameters[i] = weight - learningRate * (gradient[i]! * gradientScale + decay * weight);
  }
}

function updateWithMomentum(
  parameters: Float32Array,
  gradient: Float32Array,
  buffer: Float32Array,
  { from, to, decay }: Range,
  { momentum, nesterov }: SgdConfig,
  { learningRate, gradientScale }: UpdateOptions,
): void {
  for (let i = from; i < to; i++) {
    const weight = parameters[i]!;
    const g = gradient[i]! * gradientScale + decay * weight;
    const moved = momentum * buffer[i]! + g;
    buffer[i] = moved;
    parameters[i] = weight - learningRate * (nesterov ? g + momentum * moved : moved);
  }
}
