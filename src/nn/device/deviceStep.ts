import { gradients } from '../../graph/autodiff.ts';
import { add, and, cast, div, equal, less, min, mul, reduceSumSquare, sqrt, where } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Batch, Feed } from '../batch.ts';
import type { StepKey, StepPlace, StepSizes } from '../layers/stepContext.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { slotNames, updateInGraph } from '../optimizers/updateGraph.ts';
import type { ParameterLayout } from '../parameterLayout.ts';
import type { LossConfig } from '../stepLoss.ts';
import { buildStepParts } from '../stepParts.ts';
import { concatenated } from '../trainingStep.ts';
import { buffersName, type DeviceState, deviceState, type Group, type StateVector } from './deviceState.ts';

export interface DeviceStepConfig {
  spec: ModelSpec;
  layout: ParameterLayout;
  loss: LossConfig;
  optimizer: Experiment['optimizer'];
  /** Whether a step may take several batches: then gradients add up in the state until a batch asks for the update. */
  accumulates: boolean;
  /** Whether a moving average of the weights is kept. */
  averages: boolean;
}

/** Scalars that the host gives with each batch, [] each. */
export interface BatchScalars {
  learningRate: Value;
  /** Only where steps accumulate: this batch's share of the step's utterances, and 1 in its last batch, 0 before. */
  share?: Value;
  apply?: Value;
}

/** Scalars that depend on how many updates were made, which only the device knows within a run of several steps. */
export interface UpdateCountScalars {
  firstCorrection: Value;
  secondCorrection: Value;
  /** Share of the new weights in the moving average: 1 at the first update. */
  averageShare?: Value;
}

export interface DeviceStepResult {
  /** Each state vector after the step, as before when the loss or the gradient was not finite. */
  next: Record<string, Value>;
  /** Per batch: loss, utteranceLoss, gradientNorm, updated (1 or 0), and the parts of the loss. */
  outputs: Record<string, Value>;
  feeds(batch: Batch, key: StepKey): Record<string, Feed>;
}

/** The state that a step of this configuration keeps: what `deviceState` has, gradients and averages beside. */
export function stepState({ layout, optimizer, accumulates, averages }: DeviceStepConfig): DeviceState {
  const slots = ['parameters', ...slotNames(optimizer)];
  if (averages) slots.push(averageSlot);
  if (accumulates) slots.push(gradientSlot);
  const state = deviceState(layout, slots);
  const extra: StateVector[] = [];
  if (layout.bufferTotal > 0) {
    if (averages) extra.push({ name: averageBuffers, size: layout.bufferTotal });
    if (accumulates) extra.push({ name: buffersBefore, size: layout.bufferTotal });
  }
  return { ...state, vectors: [...state.vectors, ...extra] };
}

export const averageSlot = 'average';
export const averageBuffers = 'averageBuffers';
export const buffersBefore = 'buffersBefore';
const gradientSlot = 'gradient';

/** float32 reaches 3.4e38; what is not below this is infinite or no number. */
const largestFinite = 3.3e38;

/**
 * One training step with its update as graph, from state vectors to state vectors: the same loss, gradient, clipping and
 * update as on the CPU, from ops that GPUs have. A step whose loss or gradient is not finite leaves the state as it was:
 * comparisons with NaN are false, so no op has to ask for it.
 */
export function buildDeviceStep(
  config: DeviceStepConfig,
  sizes: StepSizes,
  place: StepPlace,
  state: Readonly<Record<string, Value>>,
  scalars: BatchScalars & UpdateCountScalars,
): DeviceStepResult {
  const { spec, layout, optimizer } = config;
  const described = stepState(config);
  const parts = buildStepParts(spec, layout, sizes, config.loss, { place, tensors: described.tensors(state) });
  const weighted = scalars.share ? mul(parts.loss, scalars.share) : parts.loss;
  const perParameter = gradients(weighted, parts.parameters);
  const fresh = groupGradients(described.groups, layout, perParameter);
  const gradient = mapGroups(described.groups, (group) => {
    const before = state[`${gradientSlot}.${group}`];
    return before ? add(before, fresh[group]!) : fresh[group]!;
  });
  const squares = described.groups.map((group) => reduceSumSquare(gradient[group]!, [0]));
  const gradientNorm = sqrt(squares.reduce((sum, square) => add(sum, square)));
  const finite = less(add(gradientNorm, parts.loss), largestFinite);
  const { clipNorm } = optimizer;
  const scale = clipNorm === null ? undefined : min(div(clipNorm, add(gradientNorm, 1e-6)), 1);
  const updated = Object.assign(
    {},
    ...described.groups.map((group) => {
      const clipped = scale ? mul(gradient[group]!, scale) : gradient[group]!;
      return updateGroup(config, group, state, clipped, scalars);
    }),
  ) as Record<string, Value>;
  const buffers = parts.buffers.length > 0 ? concatenated(parts.buffers) : undefined;
  const next = chooseState(state, { updated, gradient, buffers }, finite, scalars);
  const { loss, utteranceLoss, components } = parts;
  const outputs = { loss, utteranceLoss, gradientNorm, updated: cast(finite, 'float32'), ...components };
  return { next, outputs, feeds: parts.feeds };
}

function mapGroups(groups: readonly Group[], make: (group: Group) => Value): Partial<Record<Group, Value>> {
  return Object.fromEntries(groups.map((group) => [group, make(group)]));
}

/** Gradients of a group's parameters one after another. */
function groupGradients(groups: readonly Group[], layout: ParameterLayout, perParameter: readonly Value[]) {
  return mapGroups(groups, (group) =>
    concatenated(perParameter.filter((_, i) => layout.entries[i]!.weightDecay === (group === 'decayed'))),
  );
}

/** The group's vectors after an update. */
function updateGroup(
  { optimizer }: DeviceStepConfig,
  group: Group,
  state: Readonly<Record<string, Value>>,
  gradient: Value,
  scalars: BatchScalars & UpdateCountScalars,
): Record<string, Value> {
  const slots = Object.fromEntries(slotNames(optimizer).map((slot) => [slot, state[`${slot}.${group}`]!]));
  const decay = group === 'decayed' ? optimizer.weightDecay : 0;
  const parameters = state[`parameters.${group}`]!;
  const after = updateInGraph(optimizer, { parameters, gradient, slots, decay }, scalars);
  const vectors: Record<string, Value> = { [`parameters.${group}`]: after.parameters };
  for (const [slot, value] of Object.entries(after.slots)) vectors[`${slot}.${group}`] = value;
  const average = state[`${averageSlot}.${group}`];
  if (average) vectors[`${averageSlot}.${group}`] = mix(average, after.parameters, scalars.averageShare!);
  return vectors;
}

const mix = (average: Value, current: Value, share: Value): Value =>
  add(mul(average, scalarRest(share)), mul(current, share));

/** 1 − share, exact for 0 and 1. */
const scalarRest = (share: Value): Value => add(mul(share, -1), 1);

/** What each vector becomes: the new value, the old one, or for gradients zeros once they have been used. */
function chooseState(
  state: Readonly<Record<string, Value>>,
  made: {
    updated: Readonly<Record<string, Value>>;
    gradient: Partial<Record<Group, Value>>;
    buffers: Value | undefined;
  },
  finite: Value,
  { apply, averageShare }: BatchScalars & UpdateCountScalars,
): Record<string, Value> {
  const last = apply && equal(apply, 1);
  const updates = last ? and(last, finite) : finite;
  const next: Record<string, Value> = {};
  for (const [name, value] of Object.entries(made.updated)) next[name] = where(updates, value, state[name]!);
  if (last)
    for (const [group, value] of Object.entries(made.gradient))
      next[`${gradientSlot}.${group}`] = where(last, 0, value);
  if (!made.buffers) return next;
  const before = state[buffersBefore] ?? state[buffersName]!;
  const kept = where(finite, made.buffers, before);
  next[buffersName] = last ? where(last, kept, made.buffers) : kept;
  if (last) next[buffersBefore] = where(last, kept, before);
  const average = state[averageBuffers];
  if (average) next[averageBuffers] = where(updates, mix(average, made.buffers, averageShare!), average);
  return next;
}
