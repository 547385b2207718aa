import type { ModelFile } from '../onnx/modelFile.ts';

/** The model with these values as its outputs. */
export const withOutputs = (model: ModelFile, names: readonly string[]): ModelFile => ({
  ...model,
  graph: { ...model.graph, outputs: names.map((name) => ({ name })) },
});
