import type { RunAlert } from '../../../src/shared/run/alert.ts';
import { renderAlert } from '../../../src/shared/run/alert.ts';
import { renderEvent } from '../../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../../src/shared/run/events.ts';
import { runDirectoryName } from '../../../src/shared/run/layout.ts';
import { digitsExperiment, type Workspace } from './digits.ts';

const epochs = 12;
const stepsPerEpoch = 40;

export interface MadeRun {
  /** Of the experiment. */
  name: string;
  createdMs: number;
  /** Epochs that it went through. */
  done: number;
  end?: { reason: 'done' | 'stopped' | 'failed'; message?: string };
  /** A process that works on it, and what keeps it from going on. */
  owner?: { pid: number; startTime: string | null; bootId: string | null; host: string };
  alert?: RunAlert;
  learningRate?: number;
}

/** Writes a run as the engine would have left it; its directory. */
export function makeRun(workspace: Workspace, { name, createdMs, done, end, ...more }: MadeRun): string {
  const directory = `runs/${runDirectoryName(name, createdMs)}`;
  const write = (file: string, content: string | Uint8Array) => workspace.write(`${directory}/${file}`, content);
  const experiment = digitsExperiment
    .replace('name: digits', `name: ${name}`)
    .replaceAll(/(train|dev)\.jsonl/g, `${workspace.folder}/$1.jsonl`);
  const rate = more.learningRate === undefined ? experiment : experiment.replace('5.0e-3', String(more.learningRate));
  write('config.asr.yaml', rate);
  if (more.owner) write('lock', JSON.stringify(more.owner));
  if (more.alert) write('alert.json', renderAlert(more.alert));
  write('log.txt', `run ${directory}\n`);
  write('events.jsonl', eventsOf(createdMs, done, end).map(renderEvent).join(''));
  const configFile = `${workspace.folder}/${name}.asr.yaml`;
  const record = { version: 1, engine: '0.1.0', name, configFile, command: [], pid: 1, host: 'x', createdMs };
  write('run.json', JSON.stringify(record));
  return `${workspace.folder}/${directory}`;
}

function eventsOf(createdMs: number, done: number, end: MadeRun['end']): EngineEvent[] {
  const timeMs = (step: number) => createdMs + step * 450;
  const events: EngineEvent[] = [
    {
      ...{ kind: 'started', step: 0, timeMs: createdMs, epochs, totalSteps: epochs * stepsPerEpoch },
      ...{ parameters: 61_342, device: 'cpu', threads: 2, trainUtterances: 500, trainSec: 260 },
      ...{ devUtterances: 60, skippedUtterances: 0 },
    },
  ];
  for (let step = 1; step <= done * stepsPerEpoch; step++) {
    const epoch = Math.floor((step - 1) / stepsPerEpoch);
    events.push({
      ...{ kind: 'step', step, timeMs: timeMs(step), epoch, loss: 12 / (1 + step / 30), learningRate: 0.005 },
      ...{ gradientNorm: 2, audioSec: 8, durationMs: 400, waitMs: 4, paddingShare: 0.04, utterances: 12 },
    });
    if (step % stepsPerEpoch !== 0) continue;
    events.push({
      ...{ kind: 'evaluated', step, timeMs: timeMs(step), epoch, wer: 0.9 / (epoch + 1), cer: 0.5 / (epoch + 1) },
      ...{ loss: 2 / (epoch + 1), best: true, durationMs: 900, samples: [] },
    });
    const path = 'checkpoints/last';
    events.push({ kind: 'checkpoint', step, timeMs: timeMs(step), epoch, path, durationMs: 30 });
  }
  const last = done * stepsPerEpoch;
  if (end) events.push({ kind: 'finished', step: last, timeMs: timeMs(last), durationMs: last * 450, ...end });
  return events;
}
