import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildDecoderGraph } from '../../nn/decoderGraph.ts';
import { buildInferenceGraph } from '../../nn/inferenceGraph.ts';
import type { ModelSpec } from '../../nn/modelSpec.ts';
import { layoutParameters } from '../../nn/models/index.ts';
import { featureBins, timeStride } from '../../shared/config/derived.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { checkpointFiles, runFiles } from '../../shared/run/layout.ts';
import { fileError } from '../../training/fileError.ts';
import { findNewestCheckpoint, readCheckpoint } from '../../training/run/checkpoints.ts';
import { type RunState, readStatistics } from '../../training/runState.ts';
import { readModelTensors } from '../../training/snapshotTensors.ts';
import { importModel } from '../imported/importModel.ts';
import { openableOnnx } from '../openableOnnx.ts';
import type { ModelAdapter } from '../ort/protocol.ts';
import { type Calibration, calibrationFile, readCalibration } from './calibration.ts';
import { exportedModel } from './exportedModel.ts';
import { exportFormat, type ModelMetadata, renderMetadata } from './modelMetadata.ts';

export interface OpenedModel {
  /** The inference graph with its weights, as ONNX. */
  bytes: Uint8Array;
  metadata: ModelMetadata;
  /** The file or directory that was really read. */
  source: string;
  /** Of a checkpoint; an exported model has only its graph. */
  weights?: { spec: ModelSpec; parameters: Float32Array; buffers: Float32Array };
  /** Of a checkpoint. */
  experiment?: Experiment;
  /** Of a checkpoint that has one; without it confidences are the model's own. */
  calibration?: Calibration;
  /** The graphs to search with, of a checkpoint with an attention decoder. */
  forDecoder?(): { encoder: Uint8Array; decoder: Uint8Array };
  /** How its graph is run where it has not this program's inputs and outputs. */
  adapter?: ModelAdapter;
}

/**
 * `<model>` of the command line: a run directory (its best checkpoint), a checkpoint directory, or an exported `.onnx`.
 * A run's damaged checkpoints are reported and passed over while it has a whole one.
 */
export async function openModel(path: string, report: (problem: Problem) => void): Promise<OpenedModel> {
  if (!existsSync(path)) throw new UserError(`${path}: there is no such model`);
  if (!statSync(path).isDirectory()) return openOnnx(path);
  const checkpoint = await readBest(path, report);
  const source = checkpoint.directory;
  const read = await readCalibration(join(source, calibrationFile));
  if (read && 'problem' in read) report(read.problem);
  const calibration = read && 'slope' in read ? { calibration: read } : {};
  return { ...modelOfState(checkpoint.state, checkpoint.tensors.model), source, ...calibration };
}

async function openOnnx(file: string): Promise<OpenedModel> {
  const summary = await openableOnnx(file);
  const exported = summary.metadata.format === exportFormat;
  const known = exported ? exportedModel(file, summary) : await importModel(file, summary);
  try {
    return { bytes: await readFile(file), source: file, ...known };
  } catch (error) {
    throw fileError(error, file, 'model');
  }
}

const neitherRunNorCheckpoint =
  'neither a run nor a checkpoint; a model is a run directory, one of its checkpoints, or an exported .onnx';

async function readBest(path: string, report: (problem: Problem) => void) {
  if (existsSync(join(path, checkpointFiles.state))) return readCheckpoint<RunState>(path);
  const checkpoints = join(path, runFiles.checkpoints);
  const best = join(checkpoints, 'best');
  const damaged = new Set<string>();
  if (existsSync(join(best, checkpointFiles.state))) {
    try {
      return await readCheckpoint<RunState>(best);
    } catch (error) {
      damaged.add(error instanceof Error ? error.message : String(error));
    }
  }
  const { checkpoint, rejected } = await findNewestCheckpoint<RunState>(checkpoints);
  for (const message of rejected) damaged.add(message);
  if (checkpoint) {
    if (damaged.size > 0) damaged.add(`using ${checkpoint.directory} instead, step ${checkpoint.step}`);
    for (const message of damaged) report({ code: 'checkpoint', severity: 'warning', message });
    return checkpoint;
  }
  const why = [...damaged][0] ?? (existsSync(checkpoints) ? 'the run has no checkpoint yet' : neitherRunNorCheckpoint);
  throw new UserError(`${path}: ${why}`);
}

type ModelTensors = Parameters<typeof readModelTensors>[1];

function modelOfState(state: RunState, tensors: ModelTensors): Omit<OpenedModel, 'source'> {
  const { experiment, vocabulary } = state;
  const spec = { config: experiment.model, bins: featureBins(experiment.features), vocabularySize: vocabulary.length };
  const layout = layoutParameters(spec);
  const metadata: ModelMetadata = {
    name: experiment.name,
    vocabulary,
    features: experiment.features,
    text: experiment.text,
    statistics: state.statistics,
    timeStride: timeStride(experiment.model),
    engineVersion: state.engine,
  };
  const statistics = readStatistics(state.statistics);
  const weights = readModelTensors(layout, tensors);
  const options = { layout, ...weights, ...(statistics ? { statistics } : {}) };
  const forDecoder = () => ({
    encoder: buildInferenceGraph(spec, { ...options, forDecoder: true }),
    decoder: buildDecoderGraph(spec, options),
  });
  return {
    bytes: buildInferenceGraph(spec, { ...options, metadata: renderMetadata(metadata) }),
    metadata,
    weights: { spec, ...weights },
    experiment,
    ...(spec.config.attention.enabled ? { forDecoder } : {}),
  };
}
