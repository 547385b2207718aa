import { createGraph } from '../../graph/graph.ts';
import { writeOnnx } from '../../graph/onnx/writeOnnx.ts';
import { type FrontendPlan, frontendValues } from '../../nn/frontendGraph.ts';
import { buildInferenceGraph } from '../../nn/inferenceGraph.ts';
import { layoutParameters } from '../../nn/models/index.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';
import { renderMetadata, statisticsOf } from './modelMetadata.ts';
import type { OpenedModel } from './openModel.ts';
import { planFrontend } from './planFrontend.ts';

export interface ExportOptions {
  /** Takes the waveform. */
  frontend: boolean;
  opset: number | undefined;
}

/** The ONNX model of a checkpoint, in the form asked for. Throws a UserError where the opset cannot express it. */
export function buildExport(model: OpenedModel, { frontend, opset }: ExportOptions): Uint8Array {
  if (!model.weights) throw new Error('only a checkpoint can be exported');
  const { spec, parameters, buffers } = model.weights;
  const statistics = statisticsOf(model.metadata);
  return buildInferenceGraph(spec, {
    layout: layoutParameters(spec),
    parameters,
    buffers,
    metadata: renderMetadata(model.metadata),
    ...(statistics ? { statistics } : {}),
    ...(frontend ? { frontend: frontendOf(model.metadata.features) } : {}),
    ...(opset ? { opset } : {}),
  });
}

/** The features' part of such a model alone, with the outputs `features` and `frameCounts`. */
export function buildFrontend(features: FeatureSpec): Uint8Array {
  const { features: output, frameCounts } = frontendValues(createGraph(), frontendOf(features), 'batch');
  return writeOnnx({ outputs: { features: output, frameCounts } });
}

const frontendOf = (features: FeatureSpec): FrontendPlan => planFrontend(features);
