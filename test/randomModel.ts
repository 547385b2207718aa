import { writeFileSync } from 'node:fs';
import { createCharTokenizer } from '../src/asr/tokenizer.ts';
import { renderMetadata } from '../src/engine/model/modelMetadata.ts';
import { buildInferenceGraph } from '../src/nn/inferenceGraph.ts';
import { layoutParameters } from '../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../src/nn/parameterLayout.ts';
import { featureBins, timeStride } from '../src/shared/config/derived.ts';
import { parseExperiment } from '../src/shared/config/parseExperiment.ts';

const tiny = {
  name: 'random',
  data: { train: ['train.jsonl'] },
  text: { case: 'lower', keep: 'abcd ' },
  features: { sampleRateHz: 8000, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24 },
  model: { blocks: [{ channels: 4, pool: [2, 2] }], rnn: { hiddenSize: 8, layers: 1, projection: 8 }, dropout: 0 },
};

/**
 * An exported model that was never trained: by default a small one for 8 kHz, made in milliseconds, and of such weights
 * that what it hears of a changing signal is a changing text.
 */
export function writeRandomModel(file: string, config: object = tiny): void {
  const { experiment, problems } = parseExperiment(JSON.stringify(config), 'random.asr.yaml');
  if (!experiment) throw new Error(JSON.stringify(problems));
  const { vocabulary } = createCharTokenizer(experiment.text);
  const spec = { config: experiment.model, bins: featureBins(experiment.features), vocabularySize: vocabulary.length };
  const layout = layoutParameters(spec);
  const parameters = initializeParameters(layout, 1).map((value) => 6 * value);
  const metadata = renderMetadata({
    name: experiment.name,
    vocabulary: [...vocabulary],
    features: experiment.features,
    text: experiment.text,
    statistics: null,
    timeStride: timeStride(experiment.model),
    engineVersion: 'test',
  });
  writeFileSync(file, buildInferenceGraph(spec, { layout, parameters, buffers: initializeBuffers(layout), metadata }));
}
