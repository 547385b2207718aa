import { add, mul, sub } from '../../graph/ops/index.ts';
import type { Value } from '../../graph/value.ts';
import { createRandom } from '../../shared/random.ts';
import type { StepContext } from './stepContext.ts';

/** Chance of leaving out layer `layer` of `layers`: `last` for the last, proportionally less before (Huang et al. 2016). */
export const dropChance = (last: number, layer: number, layers: number): number => (last * (layer + 1)) / layers;

/**
 * Input, or input and the change a layer makes to it, one draw per layer and step. The change counts 1 / (1 − chance)
 * when it is kept, so that its expectation is what evaluation computes.
 */
export function stochasticDepth(
  context: StepContext,
  name: string,
  chance: number,
  input: Value,
  output: Value,
): Value {
  if (!context.training || chance === 0) return output;
  const factor = context.hostInput(`depth.${name}`, [], 'float32', (_, key) =>
    Float32Array.of(createRandom(key.seed, 'depth', name, key.step).next() < chance ? 0 : 1 / (1 - chance)),
  );
  return add(input, mul(sub(output, input), factor));
}
