import type { OpenedModel } from '../src/engine/model/openModel.ts';
import { buildInferenceGraph } from '../src/nn/inferenceGraph.ts';
import { layoutParameters } from '../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../src/nn/parameterLayout.ts';
import { timeStride } from '../src/shared/config/derived.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import { saveCheckpoint } from '../src/training/run/checkpoints.ts';
import { freshProgress, type RunState } from '../src/training/runState.ts';
import { modelTensors } from '../src/training/snapshotTensors.ts';

/** Further keys of the experiment. */
interface More {
  model?: object;
  loss?: object;
  decoding?: object;
}

/** Fresh weights, made large: such a model says much, and something else for the smallest difference. */
export function talkativeModel(bidirectional: boolean, features: object = {}, more: More = {}): OpenedModel {
  const experiment = experimentSchema.parse({
    data: { train: ['none.jsonl'] },
    features: { mels: 24, ...features },
    model: {
      blocks: [
        { channels: 6, pool: [2, 2] },
        { channels: 8, pool: [2, 2] },
      ],
      rnn: { hiddenSize: 16, projection: 12, bidirectional },
      ...more.model,
    },
    ...(more.loss ? { loss: more.loss } : {}),
    ...(more.decoding ? { decoding: more.decoding } : {}),
  });
  const vocabulary = ['', ...'ABCDE '];
  const spec = { config: experiment.model, bins: 24, vocabularySize: vocabulary.length };
  const layout = layoutParameters(spec);
  const parameters = initializeParameters(layout, 2).map((value) => 6 * value);
  const buffers = initializeBuffers(layout);
  const mean = Array.from({ length: 24 }, () => -30);
  const statistics = { mean, inverseStd: mean.map(() => 0.1), frames: 1 };
  return {
    bytes: buildInferenceGraph(spec, {
      ...{ layout, parameters, buffers },
      statistics: { mean: Float32Array.from(mean), inverseStd: new Float32Array(24).fill(0.1) },
    }),
    metadata: {
      ...{ name: 'talkative', vocabulary, features: experiment.features, text: experiment.text, statistics },
      ...{ timeStride: timeStride(experiment.model), engineVersion: '0' },
    },
    source: 'talkative',
    weights: { spec, parameters, buffers },
    experiment,
  };
}

/** The same as a checkpoint in a directory. */
export async function writeTalkativeCheckpoint(
  directory: string,
  bidirectional: boolean,
  more: More = {},
): Promise<void> {
  const { experiment, metadata, weights } = talkativeModel(bidirectional, {}, more);
  const { vocabulary, statistics } = metadata;
  const state: RunState = {
    ...{ progress: freshProgress(), experiment: experiment!, vocabulary, statistics },
    ...{ configHash: '', manifestHash: '', engine: '0', threads: 1 },
  };
  const { spec, ...vectors } = weights!;
  await saveCheckpoint([directory], 1, state, { model: modelTensors(layoutParameters(spec), vectors) });
}
