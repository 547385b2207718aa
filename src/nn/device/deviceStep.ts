import { gradients } from '../../graph/autodiff.ts';
import {
  add,
  and,
  cast,
  div,
  equal,
  greaterOrEqual,
  identity,
  less,
  min,
  mul,
  reciprocal,
  reduceSumSquare,
  reshape,
  sqrt,
  where,
} from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Batch, Feed } from '../batch.ts';
import type { StepKey, StepPlace, StepSizes } from '../layers/stepContext.ts';
import { inPrecision, type Precision } from '../mixedPrecision.ts';
import type { ModelSpec } from '../modelSpec.ts';
import { lossScaleRules } from '../optimizers/gradScaler.ts';
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
  precision: Precision;
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
  /** Per batch: loss, utteranceLoss, gradientNorm, updated (1 or 0), the parts of the loss, and the scale it had. */
  outputs: Record<string, Value>;
  feeds(batch: Batch, key: StepKey): Record<string, Feed>;
}

/** The state that a step of this configuration keeps: what `deviceState` has, gradients and averages beside. */
export function stepState({ layout, optimizer, precision, accumulates, averages }: DeviceStepConfig): DeviceState {
  const slots = ['parameters', ...slotNames(optimizer)];
  if (averages) slots.push(averageSlot);
  if (accumulates) slots.push(gradientSlot);
  const state = deviceState(layout, slots);
  const extra: StateVector[] = [];
  if (layout.bufferTotal > 0) {
    if (averages) extra.push({ name: averageBuffers, size: layout.bufferTotal });
    if (accumulates) extra.push({ name: buffersBefore, size: layout.bufferTotal });
  }
  if (precision === 'fp16') extra.push({ name: lossScaleName, size: 1 }, { name: goodStepsName, size: 1 });
  return { ...state, vectors: [...state.vectors, ...extra] };
}

/** State of the dynamic loss scale of fp16, [1] each. */
export const lossScaleName = 'lossScale';
export const goodStepsName = 'goodSteps';

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
  const { spec, layout, precision } = config;
  const tensors = stepState(config).tensors(state);
  const parts = buildStepParts(spec, layout, sizes, config.loss, { place, tensors });
  const { loss, utteranceLoss, components, feeds } = parts;
  const lossScale = state[lossScaleName] && reshape(state[lossScaleName], []);
  const weighted = scalars.share ? mul(loss, scalars.share) : loss;
  const perParameter = gradients(weighted, parts.parameters, lossScale && [lossScale]);
  const made = place.graph.scope('optimizer', () => {
    const buffers = parts.buffers.length > 0 ? concatenated(parts.buffers) : undefined;
    return update(config, state, { loss, perParameter, buffers, lossScale }, scalars);
  });
  const outputs = {
    ...{ loss, utteranceLoss, ...made.outputs, ...components },
    ...(lossScale ? { stepLossScale: identity(lossScale) } : {}),
  };
  const typed = inPrecision({ ...prefixed(made.next), ...outputs }, precision);
  const unprefixed = (name: string) => typed[`${nextPrefix}${name}`]!;
  return {
    next: Object.fromEntries(Object.keys(made.next).map((name) => [name, unprefixed(name)])),
    outputs: Object.fromEntries(Object.keys(outputs).map((name) => [name, typed[name]!])),
    feeds,
  };
}

const nextPrefix = 'next.';
const prefixed = (values: Readonly<Record<string, Value>>) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`${nextPrefix}${name}`, value]));

interface StepGradients {
  loss: Value;
  /** Times the loss scale, in the layout's order. */
  perParameter: readonly Value[];
  buffers: Value | undefined;
  lossScale: Value | undefined;
}

/** Unscales, looks whether all is finite, clips, and makes the update, as GradScaler and AdamW do one after another. */
function update(
  config: DeviceStepConfig,
  state: Readonly<Record<string, Value>>,
  { loss, perParameter, buffers, lossScale }: StepGradients,
  scalars: BatchScalars & UpdateCountScalars,
) {
  const { layout, optimizer } = config;
  const { groups } = stepState(config);
  const fresh = groupGradients(groups, layout, perParameter);
  const gradient = mapGroups(groups, (group) => {
    const unscaled = lossScale ? mul(fresh[group]!, reciprocal(lossScale)) : fresh[group]!;
    const before = state[`${gradientSlot}.${group}`];
    return before ? add(before, unscaled) : unscaled;
  });
  const squares = groups.map((group) => reduceSumSquare(gradient[group]!, [0]));
  const gradientNorm = sqrt(squares.reduce((sum, square) => add(sum, square)));
  const finite = less(add(gradientNorm, loss), largestFinite);
  const { clipNorm } = optimizer;
  const scale = clipNorm === null ? undefined : min(div(clipNorm, add(gradientNorm, 1e-6)), 1);
  const perGroup = groups.map((group) =>
    updateGroup(config, group, state, scale ? mul(gradient[group]!, scale) : gradient[group]!, scalars),
  );
  const updated: Record<string, Value> = Object.assign({}, ...perGroup);
  const last = scalars.apply && equal(scalars.apply, 1);
  const next = chooseState(state, { updated, gradient, buffers }, { finite, last }, scalars.averageShare);
  if (lossScale) Object.assign(next, nextScale(state, finite, last));
  return { next, outputs: { gradientNorm, updated: cast(finite, 'float32') } };
}

/** `nextLossScale` as graph. */
function nextScale(state: Readonly<Record<string, Value>>, finite: Value, last: Value | undefined) {
  const [scale, good] = [state[lossScaleName]!, state[goodStepsName]!];
  const { growthFactor, backoffFactor, growthInterval } = lossScaleRules;
  const counted = add(good, 1);
  const grows = greaterOrEqual(counted, growthInterval);
  const grown = mul(scale, growthFactor);
  const after = where(grows, where(less(grown, largestFinite), grown, scale), scale);
  const next = {
    [lossScaleName]: where(finite, after, mul(scale, backoffFactor)),
    [goodStepsName]: where(finite, where(grows, 0, counted), 0),
  };
  if (!last) return next;
  return Object.fromEntries(Object.entries(next).map(([name, value]) => [name, where(last, value, state[name]!)]));
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
  { finite, last }: { finite: Value; last: Value | undefined },
  averageShare: Value | undefined,
): Record<string, Value> {
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
