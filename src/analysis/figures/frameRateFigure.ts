import { timeStride } from '../../shared/config/derived.ts';
import { neededFramesPerSec } from '../../shared/config/lintExperiment.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Figure } from '../../shared/protocol/figure.ts';

const usualHopsMs = [5, 8, 10, 12.5, 16, 20, 32];
const usualStrides = [1, 2, 4, 8];

/** Output frames per second for hops and time strides, and which of them are too few for English. */
export function frameRateFigure(experiment: Experiment): Figure {
  const { sampleRateHz, hopSamples } = experiment.features;
  const stride = timeStride(experiment.model);
  const needed = neededFramesPerSec(experiment);
  const ctc = experiment.loss.ctcWeight > 0;
  const hops = union(
    usualHopsMs.map((ms) => Math.round((ms * sampleRateHz) / 1000)),
    hopSamples,
  );
  const strides = union(usualStrides, stride);
  const rows = hops.map((hop) => [
    { text: `${Number(((1000 * hop) / sampleRateHz).toFixed(2))} ms (${hop})` },
    ...strides.map((each) => {
      const rate = sampleRateHz / hop / each;
      return { text: rate.toFixed(1), current: hop === hopSamples && each === stride, bad: ctc && rate < needed };
    }),
  ]);
  return {
    kind: 'frameRates',
    title: 'Output frames per second',
    summary: `This experiment has ${(sampleRateHz / hopSamples / stride).toFixed(1)}: hop ${hopSamples} samples × time stride ${stride}. ${ctc ? `English needs about ${needed.toFixed(0)} at its fastest speed.` : 'Without CTC no number is too few.'}`,
    table: { columns: ['hop (samples)', ...strides.map((each) => `stride ${each}`)], rows },
  };
}

const union = (values: number[], own: number) => [...new Set([...values, own])].sort((a, b) => a - b);
