import { expect, it } from 'vitest';
import { experimentSchema } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import type { DeviceName } from '../ort/protocol.ts';
import { type AskedDevice, chooseDevice, type DeviceQuestions } from './chooseDevice.ts';
import type { TriedDevice } from './tryDevice.ts';

const works = { works: true, software: false } as const;
const software = { works: true, software: true } as const;
const missing = (reason: string) => ({ works: false, reason, remedy: 'install it' }) as const;

interface Machine {
  cuda?: TriedDevice;
  webgpu?: TriedDevice;
  trial?: string;
  gpu?: boolean;
}

function choose(asked: AskedDevice, type: 'crnn' | 'conformer', machine: Machine, ranks = 1) {
  const asking: DeviceQuestions = {
    try: async (name: DeviceName) => (name === 'cpu' ? works : (machine[name] ?? missing(`no ${name}`))),
    trial: async () => {
      if (machine.trial) throw new Error(machine.trial);
    },
    hasGpu: () => machine.gpu ?? true,
  };
  const experiment = experimentSchema.parse({ data: { train: ['none'] }, model: { type } });
  return chooseDevice(asked, experiment, ranks, asking);
}

it.each([
  ['conformer', { gpu: false }, 'cpu', 'no GPU here'],
  ['conformer', {}, 'cpu', 'no cuda; no webgpu'],
  ['conformer', { webgpu: works }, 'webgpu', 'everything but the loss on the GPU; a trial gave the CPU’s losses'],
  ['conformer', { webgpu: works, cuda: works }, 'cuda', 'everything on the GPU, several steps per run'],
  ['conformer', { webgpu: software }, 'cpu', 'WebGPU has a software adapter only'],
  ['conformer', { webgpu: works, trial: 'loss NaN' }, 'cpu', 'webgpu failed its trial: loss NaN'],
  ['crnn', { webgpu: works }, 'cpu', 'no cuda; a crnn trains faster on the CPU than on WebGPU'],
  ['crnn', { cuda: works }, 'cuda', 'a trial gave'],
] as const)('auto for a %s on a machine with %j takes %s', async (type, machine, device, reason) => {
  const chosen = await choose('auto', type, machine);
  expect(chosen.device).toBe(device);
  expect(chosen.reason).toContain(reason);
});

it('takes what is asked for if it runs, and refuses it with a remedy if not', async () => {
  expect(await choose('webgpu', 'crnn', { webgpu: software })).toEqual({
    device: 'webgpu',
    reason:
      'convolutions, linear layers and the update on the GPU, recurrences and the loss on the CPU; its adapter is software and slower than the CPU',
  });
  await expect(choose('cuda', 'conformer', {})).rejects.toThrow(new UserError('--device cuda: no cuda; install it'));
  expect(await choose('cpu', 'conformer', { cuda: works })).toEqual({ device: 'cpu', reason: 'asked for' });
});

it('keeps several ranks on CPUs', async () => {
  expect((await choose('auto', 'conformer', { cuda: works }, 2)).device).toBe('cpu');
  await expect(choose('webgpu', 'conformer', { webgpu: works }, 2)).rejects.toThrow('2 ranks cannot train on webgpu');
});
