import type { Executor } from '../training/executor.ts';
import type { GraphProfile } from './ort/graphProfile.ts';
import { batchesPerRun, type ProcessUsage, type TrainingSetup } from './ort/protocol.ts';
import { startOrtClient } from './ortClient.ts';

export interface OrtExecutor extends Executor {
  /** What its process takes, answered between two steps. */
  usage(): Promise<ProcessUsage>;
  /** Steps are profiled until `endProfile`; the folder gets ONNX Runtime's files. */
  startProfile(folder: string): Promise<void>;
  endProfile(): Promise<GraphProfile>;
}

/** Training on onnxruntime, in a process of its own, which it ends. */
export async function createOrtExecutor(setup: TrainingSetup, client = startOrtClient()): Promise<OrtExecutor> {
  try {
    await client.call('openTraining', setup);
  } catch (error) {
    await client.dispose();
    throw error;
  }
  return {
    batchesPerRun: batchesPerRun[setup.device],
    step: (batches, options) => client.call('step', batches, options),
    steps: (requests) => client.call('steps', requests),
    evaluate: (batch) => client.call('evaluate', batch),
    usage: () => client.call('usage'),
    snapshot: () => client.call('snapshot'),
    restore: (snapshot) => client.call('restore', snapshot),
    startProfile: (folder) => client.call('startProfile', folder),
    endProfile: () => client.call('endProfile'),
    dispose: () => client.dispose(),
  };
}
