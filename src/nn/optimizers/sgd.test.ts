import { expect, test } from 'vitest';
import { largestDifference, readTorchFixture } from '../../../test/numeric/torchFixture.ts';
import { optimizerSchema } from '../../shared/config/trainingSchema.ts';
import { clipScale } from './adamw.ts';
import { createOptimizer } from './createOptimizer.ts';

interface Fixture {
  decayedCount: number;
  sgd: {
    momentum: number;
    nesterov: boolean;
    weightDecay: number;
    clipNorm: number | null;
    initial: number[];
    steps: { gradient: number[]; learningRate: number; after: number[] }[];
  }[];
}

const { decayedCount, sgd } = readTorchFixture<Fixture>('optimisation');
const initial = { fill: 0 };

test.each(sgd)(
  'SGD follows PyTorch step by step (momentum $momentum, nesterov $nesterov, decay $weightDecay, clip $clipNorm)',
  (item) => {
    const { momentum, nesterov, weightDecay, clipNorm } = item;
    const total = item.initial.length;
    const size = total - decayedCount;
    const optimizer = createOptimizer(
      optimizerSchema.parse({ type: 'sgd', momentum, nesterov, weightDecay, clipNorm }),
      {
        total,
        entries: [
          { name: 'matrix', shape: [decayedCount, 1], offset: 0, size: decayedCount, weightDecay: true, initial },
          { name: 'bias', shape: [size], offset: decayedCount, size, weightDecay: false, initial },
        ],
      },
    );
    expect(Object.keys(optimizer.slots)).toEqual(momentum > 0 ? ['momentum'] : []);
    optimizer.parameters.set(item.initial);
    for (const [index, { gradient, learningRate, after }] of item.steps.entries()) {
      optimizer.gradient.set(gradient);
      const gradientScale = clipScale(Math.hypot(...gradient), clipNorm);
      optimizer.update({ learningRate, update: index + 1, gradientScale });
      // PyTorch rounds every intermediate to float32 (6e-8 relative); without clipping values reach 30.
      expect(largestDifference(optimizer.parameters, after)).toBeLessThan(clipNorm === null ? 2e-5 : 2e-6);
    }
  },
);
