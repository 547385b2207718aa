import type { ConfigFinding, ConfigRule } from './lintExperiment.ts';
import type { Experiment } from './schema.ts';

/** What is unwise to run on the device that a config names. */
export const deviceRules: readonly ConfigRule[] = [
  {
    code: 'device-rnn',
    severity: 'warning',
    finds: 'a model with recurrences on WebGPU, where every recurrence goes back to the CPU',
    check: checkRecurrence,
  },
];

function checkRecurrence({ model, training }: Experiment): ConfigFinding | undefined {
  if (training.device !== 'webgpu') return undefined;
  const decoder = model.attention.enabled ? ' and the attention decoder' : '';
  if (model.type === 'crnn')
    return {
      path: ['training', 'device'],
      message: `WebGPU has no loops: the recurrent layers${decoder} and the loss of a crnn run on the CPU, with copies in between, so it trains faster on the CPU alone; model.type conformer is made for GPUs`,
      set: { 'training.device': 'cpu' },
    };
  if (!decoder) return undefined;
  return {
    path: ['training', 'device'],
    message:
      'WebGPU has no loops: the attention decoder runs on the CPU, with copies in between; without it everything but the loss stays on the GPU',
    set: { 'model.attention.enabled': 'false' },
  };
}
