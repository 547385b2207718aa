import { Tensor } from 'onnxruntime-node';
import { layoutParameters } from '../../nn/models/index.ts';
import { createOptimizer } from '../../nn/optimizers/createOptimizer.ts';
import { initialLossScale, type LossScale } from '../../nn/optimizers/gradScaler.ts';
import { createMovingAverage } from '../../nn/optimizers/movingAverage.ts';
import type { Optimizer } from '../../nn/optimizers/optimizer.ts';
import { initializeBuffers, initializeParameters, type ParameterLayout } from '../../nn/parameterLayout.ts';
import type { Snapshot } from '../../training/executor.ts';
import type { TrainingSetup } from './protocol.ts';

/** All state of a training run on the CPU. */
export interface Weights {
  layout: ParameterLayout;
  parameters: Float32Array;
  buffers: Float32Array;
  /** Tensors by name that are views of the two, so that an update in place is seen by every session. */
  feeds: Record<string, Tensor>;
  optimizer: Optimizer;
  /** Updates made, which differs from steps when steps were skipped. */
  updates: number;
  /** The optimizer's update by its `gradient`; then the moving average, where there is one, moves on. */
  update(learningRate: number, gradientScale: number): void;
  /** What is evaluated: the moving average where there is one. */
  evaluationFeeds(): Record<string, Tensor>;
  /** With fp16 only. */
  lossScale: LossScale | undefined;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}

export function createWeights({ spec, seed, optimizer: config, emaDecay, precision }: TrainingSetup): Weights {
  const layout = layoutParameters(spec);
  const optimizer = createOptimizer(config, layout);
  const { parameters, slots } = optimizer;
  parameters.set(initializeParameters(layout, seed));
  const buffers = initializeBuffers(layout);
  const average = emaDecay > 0 ? createMovingAverage({ parameters, buffers }, emaDecay) : undefined;
  const averageFeeds = average && viewsOf(layout, average.vectors);
  const weights: Weights = {
    layout,
    parameters,
    buffers,
    feeds: viewsOf(layout, { parameters, buffers }),
    optimizer,
    updates: 0,
    update(learningRate, gradientScale) {
      optimizer.update({ learningRate, update: ++weights.updates, gradientScale });
      average?.update({ parameters, buffers });
    },
    evaluationFeeds: () => (average?.started && averageFeeds) || weights.feeds,
    lossScale: precision === 'fp16' ? initialLossScale() : undefined,
    snapshot: () => ({
      parameters: parameters.slice(),
      buffers: buffers.slice(),
      slots: Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, slot.slice()])),
      ...(average?.started ? { average: average.copy() } : {}),
      updates: weights.updates,
      ...(weights.lossScale ? { lossScale: weights.lossScale } : {}),
    }),
    restore(snapshot) {
      parameters.set(snapshot.parameters);
      buffers.set(snapshot.buffers);
      // State of another kind of optimizer is of no use; this one then begins as at the first update.
      const known = Object.keys(slots).every((name) => snapshot.slots[name]);
      for (const [name, slot] of Object.entries(slots)) known ? slot.set(snapshot.slots[name]!) : slot.fill(0);
      average?.restore(snapshot.average);
      weights.updates = known ? snapshot.updates : 0;
      if (weights.lossScale) weights.lossScale = snapshot.lossScale ?? initialLossScale();
    },
  };
  return weights;
}

/** Each tensor of the layout as a view of the flat vectors. */
export function viewsOf(
  layout: ParameterLayout,
  { parameters, buffers }: { parameters: Float32Array; buffers: Float32Array },
): Record<string, Tensor> {
  const views: Record<string, Tensor> = {};
  for (const { name, shape, offset, size } of layout.entries)
    views[name] = new Tensor('float32', parameters.subarray(offset, offset + size), shape);
  for (const { name, shape, offset, size } of layout.buffers)
    views[name] = new Tensor('float32', buffers.subarray(offset, offset + size), shape);
  return views;
}
