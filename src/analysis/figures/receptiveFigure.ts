import { inferenceValues } from '../../nn/inferenceGraph.ts';
import { layoutParameters } from '../../nn/models/index.ts';
import { featureBins, timeStride, vocabularySizeOf } from '../../shared/config/derived.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Figure } from '../../shared/protocol/figure.ts';
import { nodesOf, receptiveGrowth } from '../graphCost.ts';

const names = { Conv: 'convolution', MaxPool: 'pool' };

/** How much audio one output frame sees after each convolution and pool of the graph, around its own time. */
export function receptiveFigure(experiment: Experiment): Figure {
  const { features, model } = experiment;
  const spec = { config: model, bins: featureBins(features), vocabularySize: vocabularySizeOf(experiment) };
  const nodes = nodesOf(
    inferenceValues(spec, layoutParameters(spec), { batch: 1, time: 16 * timeStride(model) }).output,
  );
  const hopMs = (1000 * features.hopSamples) / features.sampleRateHz;
  const windowMs = (1000 * features.windowSamples) / features.sampleRateHz;
  const stages = [
    { label: 'analysis window', spanMs: windowMs },
    ...receptiveGrowth(nodes).map(({ op, scope, frames }) => ({
      label: `${scope}: ${names[op]}`,
      spanMs: (frames - 1) * hopMs + windowMs,
    })),
  ];
  const whole = model.type === 'conformer' || model.rnn.bidirectional;
  const beyond =
    model.type === 'conformer'
      ? 'attention then sees the whole utterance'
      : `the recurrence then sees ${whole ? 'the whole utterance' : 'all that came before'}`;
  return {
    kind: 'receptiveField',
    title: 'Receptive field',
    summary: `One output frame sees ${milliseconds(stages.at(-1)!.spanMs)} of audio through windows, convolutions and pools; ${beyond}.`,
    plot: {
      xLabel: 'time around the output frame (ms)',
      yLabel: '',
      lines: [],
      bars: stages.map(({ label, spanMs }) => ({ label, from: -spanMs / 2, to: spanMs / 2 })),
    },
    table: {
      columns: ['after', 'sees'],
      rows: stages.map(({ label, spanMs }) => [{ text: label }, { text: milliseconds(spanMs) }]),
    },
  };
}

const milliseconds = (ms: number) => `${Number(ms.toFixed(1))} ms`;
