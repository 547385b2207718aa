import type { Experiment } from '../../shared/config/schema.ts';
import type { ParameterLayout } from '../parameterLayout.ts';
import { createAdamwMemory } from './adamwMemory.ts';
import type { Optimizer } from './optimizer.ts';
import { createSgdMemory } from './sgd.ts';

export function createOptimizer(
  config: Experiment['optimizer'],
  layout: Pick<ParameterLayout, 'entries' | 'total'>,
): Optimizer {
  const { weightDecay } = config;
  if (config.type === 'sgd') return createSgdMemory(layout, config);
  const { parameters, gradient, firstMoment, secondMoment, update } = createAdamwMemory(layout);
  return {
    parameters,
    gradient,
    slots: { firstMoment, secondMoment },
    update: (options) => update({ ...options, weightDecay }),
  };
}
