import { type AutocastOptions, autocast } from '../graph/autocast.ts';
import { gradients } from '../graph/autodiff.ts';
import { mul, reciprocal } from '../graph/ops/index.ts';
import type { Value } from '../graph/value.ts';
import type { Experiment } from '../shared/config/schema.ts';

export type Precision = Experiment['training']['precision'];

/** Graph input of fp16 steps, []: what the loss is multiplied by so that small gradients do not become 0. */
export const lossScaleInput = 'lossScale';

/** Losses see fp32 logits, whatever their ops are; an update inside the graph is made in fp32 too. */
const float32Scopes: AutocastOptions['float32Scopes'] = ['loss', 'optimizer'];

/**
 * Gradients of the loss. With fp16 the backward pass starts from the graph input `lossScale`, and what comes out is
 * divided by it again, as GradScaler.unscale_ does before anything looks at the gradient.
 */
export function lossGradients(loss: Value, parameters: readonly Value[], precision: Precision) {
  if (precision === 'fp32') return { gradients: gradients(loss, parameters), unscale: (gradient: Value) => gradient };
  const scale = loss.graph.input(lossScaleInput, []);
  const unscale = (gradient: Value) => mul(gradient, reciprocal(scale));
  return { gradients: gradients(loss, parameters, [scale]), unscale };
}

/** The outputs of a step graph in the precision asked for; the last thing before it is written. */
export const inPrecision = (outputs: Readonly<Record<string, Value>>, precision: Precision) =>
  precision === 'fp32' ? outputs : autocast(outputs, { float32Scopes });
