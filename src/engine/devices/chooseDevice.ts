import { readdirSync } from 'node:fs';
import type { Experiment } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import type { DeviceName } from '../ort/protocol.ts';
import { trialTraining } from './trialTraining.ts';
import { type TriedDevice, tryDevice } from './tryDevice.ts';

export interface ChosenDevice {
  device: DeviceName;
  /** Why this one, and what runs elsewhere. */
  reason: string;
}

export type AskedDevice = Experiment['training']['device'];

/** What the choice asks of the machine. */
export interface DeviceQuestions {
  try(name: DeviceName, precision: Experiment['training']['precision']): Promise<TriedDevice>;
  trial(name: DeviceName, type: Experiment['model']['type']): Promise<unknown>;
  hasGpu(): boolean;
}

const questions: DeviceQuestions = { try: tryDevice, trial: trialTraining, hasGpu };

/**
 * Where to train. `auto` takes CUDA, or WebGPU for a conformer, when a real GPU gives the CPU's losses on a small
 * model; else the CPU. A device asked for by name is taken if it runs, or refused with a remedy.
 */
export async function chooseDevice(
  asked: AskedDevice,
  { model, training }: Pick<Experiment, 'model' | 'training'>,
  ranks: number,
  ask: DeviceQuestions = questions,
): Promise<ChosenDevice> {
  if (asked === 'cpu') return { device: 'cpu', reason: 'asked for' };
  if (ranks > 1) {
    if (asked === 'auto') return { device: 'cpu', reason: 'several ranks train on CPUs' };
    throw new UserError(`${ranks} ranks cannot train on ${asked}; use --device cpu, or one process`);
  }
  if (asked !== 'auto') return named(asked, { model, training }, ask);
  if (!ask.hasGpu()) return { device: 'cpu', reason: 'no GPU here' };
  const against: string[] = [];
  for (const device of ['cuda', 'webgpu'] as const) {
    const reason = await reasonAgainst(device, { model, training }, ask);
    if (!reason) return { device, reason: `${placesOn(device, model.type)}; a trial gave the CPU’s losses` };
    against.push(reason);
  }
  return { device: 'cpu', reason: against.join('; ') };
}

async function named(
  device: DeviceName,
  { model, training }: Pick<Experiment, 'model' | 'training'>,
  ask: DeviceQuestions,
) {
  const tried = await ask.try(device, training.precision);
  if (!tried.works) throw new UserError(`--device ${device}: ${tried.reason}; ${tried.remedy}`);
  const software = tried.software ? '; its adapter is software and slower than the CPU' : '';
  return { device, reason: `${placesOn(device, model.type)}${software}` };
}

async function reasonAgainst(
  device: 'cuda' | 'webgpu',
  { model, training }: Pick<Experiment, 'model' | 'training'>,
  ask: DeviceQuestions,
): Promise<string | undefined> {
  if (device === 'webgpu' && model.type === 'crnn') return 'a crnn trains faster on the CPU than on WebGPU';
  const tried = await ask.try(device, training.precision);
  if (!tried.works) return tried.reason;
  if (tried.software) return 'WebGPU has a software adapter only';
  try {
    await ask.trial(device, model.type);
    return undefined;
  } catch (error) {
    return `${device} failed its trial: ${error instanceof Error ? error.message.split('\n')[0] : error}`;
  }
}

/** What of a step runs where. */
function placesOn(device: DeviceName, type: Experiment['model']['type']): string {
  if (device === 'cpu') return 'asked for';
  if (device === 'cuda') return 'everything on the GPU, several steps per run';
  return type === 'crnn'
    ? 'convolutions, linear layers and the update on the GPU, recurrences and the loss on the CPU'
    : 'everything but the loss on the GPU';
}

/** Whether there is a device to look for at all; elsewhere than on Linux providers must be asked. */
function hasGpu(): boolean {
  if (process.platform !== 'linux') return true;
  const has = (folder: string, pattern: RegExp) => {
    try {
      return readdirSync(folder).some((name) => pattern.test(name));
    } catch {
      return false;
    }
  };
  return has('/dev/dri', /^renderD/) || has('/dev', /^(nvidia\d|dxg$)/);
}
