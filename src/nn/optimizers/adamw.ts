import type { ParameterLayout } from '../parameterLayout.ts';

/** First and second moments, in the layout of the parameters. */
export interface AdamwState {
  firstMoment: Float32Array;
  secondMoment: Float32Array;
}

export interface AdamwOptions {
  learningRate: number;
  weightDecay: number;
  /** Counts updates from 1: the one being made. */
  update: number;
  /** The gradient is multiplied by this first; see `clipScale`. */
  gradientScale?: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

export function createAdamwState(total: number): AdamwState {
  return { firstMoment: new Float32Array(total), secondMoment: new Float32Array(total) };
}

/**
 * One update in place, as torch.optim.AdamW (Loshchilov & Hutter 2019): decoupled decay before the update, both moments
 * bias-corrected, epsilon outside the square root. `createAdamwMemory` does the same three times faster.
 */
export function adamwUpdate(
  layout: Pick<ParameterLayout, 'entries'>,
  parameters: Float32Array,
  gradient: Float32Array,
  state: AdamwState,
  options: AdamwOptions,
): void {
  for (const run of decayRuns(layout)) {
    const decay = run.weightDecay ? options.weightDecay : 0;
    updateRange(parameters, gradient, state, run.from, run.to, options, decay);
  }
}

/** torch.nn.utils.clip_grad_norm_: what the gradient is multiplied by so that its global norm is at most `clipNorm`. */
export function clipScale(gradientNorm: number, clipNorm: number | null): number {
  return clipNorm === null ? 1 : Math.min(1, clipNorm / (gradientNorm + 1e-6));
}

/** Neighbouring entries with the same decay, joined, so that the inner loop runs long. */
export function decayRuns(layout: Pick<ParameterLayout, 'entries'>) {
  const runs: { from: number; to: number; weightDecay: boolean }[] = [];
  for (const { offset, size, weightDecay } of layout.entries) {
    const last = runs.at(-1);
    if (last && last.weightDecay === weightDecay && last.to === offset) last.to = offset + size;
    else runs.push({ from: offset, to: offset + size, weightDecay });
  }
  return runs;
}

/** What the inner loop multiplies by. */
export function factorsOf(options: AdamwOptions, weightDecay: number) {
  const { learningRate, update, gradientScale = 1, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    gradientScale,
    old1: beta1,
    new1: 1 - beta1,
    old2: beta2,
    new2: 1 - beta2,
    keep: 1 - learningRate * weightDecay,
    stepSize: learningRate / (1 - beta1 ** update),
    inverseCorrection: 1 / Math.sqrt(1 - beta2 ** update),
    epsilon,
  };
}

function updateRange(
  parameters: Float32Array,
  gradient: Float32Array,
  state: AdamwState,
  from: number,
  to: number,
  options: AdamwOptions,
  weightDecay: number,
): void {
  const { gradientScale, old1, new1, old2, new2, keep, stepSize, inverseCorrection, epsilon } = factorsOf(
    options,
    weightDecay,
  );
  const { firstMoment, secondMoment } = state;
  for (let i = from; i < to; i++) {
    const g = gradient[i]! * gradientScale;
    const m = old1 * firstMoment[i]! + new1 * g;
    const v = old2 * secondMoment[i]! + new2 * g * g;
    firstMoment[i] = m;
    secondMoment[i] = v;
    parameters[i] = parameters[i]! * keep - (stepSize * m) / (Math.sqrt(v) * inverseCorrection + epsilon);
  }
}
