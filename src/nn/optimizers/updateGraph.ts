import { add, div, mul, sqrt, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import type { Experiment } from '../../shared/config/schema.ts';

type OptimizerConfig = Experiment['optimizer'];

/** Parameters of one kind with their gradient, already clipped, and the optimizer's state; all of one shape. */
export interface UpdateGroup {
  parameters: Value;
  gradient: Value;
  slots: Readonly<Record<string, Value>>;
  /** Weight decay of this group. */
  decay: number;
}

/** Scalars, []. The corrections are those of Adam's moments, see `adamCorrections`. */
export interface UpdateScalars {
  learningRate: Value;
  firstCorrection: Value;
  secondCorrection: Value;
}

/** Names of the optimizer's state per parameter, as checkpoints call it. */
export function slotNames({ type, momentum }: OptimizerConfig): string[] {
  if (type === 'adamw') return ['firstMoment', 'secondMoment'];
  return momentum > 0 ? ['momentum'] : [];
}

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];

/** What makes up for moments that started at zero: 1 / (1 − β₁ᵗ) and 1 / √(1 − β₂ᵗ) at update t, counted from 1. */
export const adamCorrections = (update: number) => ({
  firstCorrection: 1 / (1 - beta1 ** update),
  secondCorrection: 1 / Math.sqrt(1 - beta2 ** update),
});

/** One update as graph, for devices that keep state: the same rules as `adamwUpdate` and `createSgdMemory`. */
export function updateInGraph(
  config: OptimizerConfig,
  group: UpdateGroup,
  scalars: UpdateScalars,
): { parameters: Value; slots: Record<string, Value> } {
  return config.type === 'adamw' ? adamw(group, scalars) : sgd(config, group, scalars);
}

function adamw({ parameters, gradient, slots, decay }: UpdateGroup, scalars: UpdateScalars) {
  const { learningRate, firstCorrection, secondCorrection } = scalars;
  const firstMoment = add(mul(slots.firstMoment!, beta1), mul(gradient, 1 - beta1));
  const secondMoment = add(mul(slots.secondMoment!, beta2), mul(mul(gradient, gradient), 1 - beta2));
  const kept = decay === 0 ? parameters : mul(parameters, sub(1, mul(learningRate, decay)));
  const spread = add(mul(sqrt(secondMoment), secondCorrection), epsilon);
  const move = div(mul(firstMoment, mul(learningRate, firstCorrection)), spread);
  return { parameters: sub(kept, move), slots: { firstMoment, secondMoment } };
}

function sgd(config: OptimizerConfig, { parameters, gradient, slots, decay }: UpdateGroup, scalars: UpdateScalars) {
  const g = decay === 0 ? gradient : add(gradient, mul(parameters, decay));
  if (!slots.momentum) return { parameters: sub(parameters, mul(g, scalars.learningRate)), slots: {} };
  const momentum = add(mul(slots.momentum, config.momentum), g);
  const direction = config.nesterov ? add(g, mul(momentum, config.momentum)) : momentum;
  return { parameters: sub(parameters, mul(direction, scalars.learningRate)), slots: { momentum } };
}
