import type { ModelSpec } from '../nn/modelSpec.ts';
import type { Experiment } from '../shared/config/schema.ts';
import type { DeviceName, TrainingSetup } from './ort/protocol.ts';

/** The part of an experiment that the process which computes needs. */
export function trainingSetup(
  experiment: Experiment,
  spec: ModelSpec,
  threads: number,
  device: DeviceName = 'cpu',
): TrainingSetup {
  const { loss, optimizer, decoding, seed, training } = experiment;
  const { precision, accumulate, emaDecay } = training;
  return { spec, loss, optimizer, decoding, precision, device, accumulate, emaDecay, seed, threads };
}
