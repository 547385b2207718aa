import * as fs from 'node:fs';
import { hostname } from 'node:os';
import * as path from 'node:path';
import { writeWav } from '../../../src/dsp/writeWav.ts';
import { createRandom } from '../../../src/shared/random.ts';
import { renderStepBatch } from '../../../src/shared/run/batchLines.ts';
import type { EngineEvent, Finished, StepDone } from '../../../src/shared/run/events.ts';
import { type RunRecord, runFiles } from '../../../src/shared/run/layout.ts';

const recordings = 12;
export const stepsPerEpoch = 50;
const epochs = 12;
const startMs = Date.UTC(2026, 0, 31, 14, 25, 1);

/** Events of a run that learns, with what can happen on the way: spikes, a guard, a skipped batch, a problem. */
export function madeEvents(steps: number, seed = 1, slow = false): EngineEvent[] {
  const events: EngineEvent[] = [
    {
      ...{
        kind: 'started',
        step: 0,
        timeMs: startMs,
        epochs,
        totalSteps: epochs * stepsPerEpoch,
        parameters: 1_203_212,
      },
      ...{ device: 'cpu', threads: 2, trainUtterances: 400, trainSec: 2000, devUtterances: 40, skippedUtterances: 1 },
      clipNorm: 4,
    },
    {
      ...{ kind: 'problem', step: 0, timeMs: startMs, severity: 'warning', code: 'transcript-empty' },
      ...{ message: 'the transcript is empty; the utterance is left out', file: 'train.jsonl', line: 2 },
    },
  ];
  for (let step = 1; step <= steps; step++) {
    events.push(madeStep(step, seed, slow));
    if (step === 120) events.push(skippedAt(step));
    if (step === 230) events.push(guardAt(step));
    if (step % stepsPerEpoch === 0) events.push(...epochEnd(step, seed));
  }
  return events;
}

export const spikeStep = 180;

export function madeStep(step: number, seed = 1, slow = false): StepDone {
  const random = createRandom(seed, 'step', step);
  const noise = () => random.next() - 0.5;
  const spike = step === spikeStep ? 3 : 1;
  const waitMs = slow ? 310 + 60 * noise() : 6 + 6 * random.next();
  const graphMs = 420 + 80 * noise();
  const updateMs = 24 + 4 * noise();
  return {
    ...{ kind: 'step', step, timeMs: startMs + step * 500, epoch: Math.floor((step - 1) / stepsPerEpoch) },
    loss: spike * (28 * Math.exp(-step / (110 + 20 * seed)) + 1.4 + 1.2 * noise()),
    learningRate: 1e-3 * Math.min(1, step / 90) * (1 - step / 700),
    gradientNorm: spike * (2.4 + 5 * Math.exp(-step / 60) + 1.5 * noise()),
    ...{ audioSec: 38 + 2 * noise(), durationMs: waitMs + graphMs + updateMs + 5, waitMs, graphMs, updateMs },
    ...{ featureMs: slow ? 640 : 130 + 20 * noise(), queue: slow ? 0 : 2, paddingShare: 0.03 + 0.02 * noise() },
    utterances: 8,
  };
}

const at = (step: number) => ({ step, timeMs: startMs + step * 500, epoch: Math.floor((step - 1) / stepsPerEpoch) });
const skippedAt = (step: number): EngineEvent => ({
  ...{ kind: 'batchSkipped', reason: 'nonFinite', utterances: ['recordings/03.wav'] },
  ...at(step),
});
const guardAt = (step: number): EngineEvent => ({
  ...{
    kind: 'guard',
    code: 'exploding-norm',
    severity: 'warning',
    message: 'the gradient norm is 12 times its median',
  },
  ...{ remedy: 'lower optimizer.learningRate or optimizer.clipNorm', ...at(step) },
});

const sentence = 'she had your dark suit in greasy wash water all year';

function epochEnd(step: number, seed: number): EngineEvent[] {
  const { epoch, timeMs } = at(step);
  const wer = 0.94 * Math.exp(-epoch / (3 + seed)) + (epoch === 9 ? 0.08 : 0);
  // As it learns, words come to be heard, first as something like them.
  const words = sentence.split(' ').flatMap((word, index) => {
    if (epoch > index % 7) return [word];
    return epoch > (index % 7) - 3 ? [word.slice(0, -1)] : [];
  });
  return [
    {
      kind: 'gradientNorms',
      step,
      timeMs,
      epoch,
      steps: stepsPerEpoch,
      p10: 1.8,
      p50: 2.6,
      p90: 3.9,
      clippedShare: 0.08,
    },
    {
      ...{ kind: 'evaluated', step, timeMs, epoch, wer, cer: wer * 0.45, loss: 26 * Math.exp(-step / 130) + 2.2 },
      ...{ best: epoch !== 9, durationMs: 900 },
      samples: [
        { audioFilepath: 'dev/a.wav', reference: sentence, hypothesis: words.join(' ') },
        { audioFilepath: 'dev/b.wav', reference: 'don’t ask me', hypothesis: epoch > 3 ? 'don’t ask me to' : '' },
      ],
    },
    { kind: 'checkpoint', step, timeMs, epoch, path: 'checkpoints/last', durationMs: 120, pauseMs: 8 },
  ];
}

export interface MadeRun {
  directory: string;
  append(...events: EngineEvent[]): void;
  /** Ends the run; without a reason its process is just gone. */
  end(reason?: Finished['reason'], message?: string): void;
}

/** Writes a run directory as an engine does, and the recordings it was trained on. The process that calls holds it. */
export function makeRun(folder: string, name: string, events: readonly EngineEvent[], order = 0): MadeRun {
  const createdMs = startMs + order * 1000;
  const stamp = new Date(createdMs).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  const directory = path.join(folder, 'runs', `${name}-${stamp}`);
  fs.mkdirSync(directory, { recursive: true });
  const write = (file: string, text: string) => fs.writeFileSync(path.join(directory, file), text);
  const record: RunRecord = {
    ...{ version: 1, engine: '0.1.0', name, configFile: path.join(folder, `${name}.asr.yaml`), command: ['train'] },
    ...{ pid: process.pid, host: hostname(), createdMs },
  };
  write(runFiles.record, JSON.stringify(record));
  const lines = (list: readonly EngineEvent[]) => list.map((event) => `${JSON.stringify(event)}\n`).join('');
  write(runFiles.events, lines(events));
  write(
    runFiles.log,
    `run ${path.basename(directory)}\n1.2 M parameters on cpu with 2 threads\nepoch 1/${epochs}: WER 94.0 %\n`,
  );
  const manifest = writeRecordings(folder);
  const batches = events.filter((event) => event.kind === 'step').map((event) => batchOf(event, manifest));
  write(runFiles.batches, batches.map(renderStepBatch).join(''));
  const stat = fs.readFileSync(`/proc/${process.pid}/stat`, 'utf8');
  const startTime = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  const bootId = fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  write(runFiles.lock, JSON.stringify({ pid: process.pid, startTime, host: hostname(), bootId }));
  const append = (...more: EngineEvent[]) => fs.appendFileSync(path.join(directory, runFiles.events), lines(more));
  return {
    directory,
    append,
    end(reason, message) {
      const step = events.at(-1)?.step ?? 0;
      const said = message === undefined ? {} : { message };
      if (reason) append({ kind: 'finished', step, timeMs: startMs + 1e6, reason, durationMs: 1e6, ...said });
      fs.rmSync(path.join(directory, runFiles.lock));
    },
  };
}

/** Tones of different pitch and length; returns their manifest. */
function writeRecordings(folder: string): string {
  const manifest = path.join(folder, 'train.jsonl');
  if (fs.existsSync(manifest)) return manifest;
  fs.mkdirSync(path.join(folder, 'recordings'), { recursive: true });
  const rows = Array.from({ length: recordings }, (_, index) => {
    const samples = Float32Array.from(
      { length: 16_000 * lengthSec(index) },
      (_sample, i) => 0.3 * Math.sin((i * (index + 3)) / 40),
    );
    const audio_filepath = `recordings/${String(index).padStart(2, '0')}.wav`;
    fs.writeFileSync(path.join(folder, audio_filepath), writeWav([samples], 16_000));
    return JSON.stringify({ audio_filepath, duration: lengthSec(index), text: `tone ${index}` });
  });
  fs.writeFileSync(manifest, `${rows.join('\n')}\n`);
  return manifest;
}

const lengthSec = (index: number): number => 1 + (index % 4) / 2;

function batchOf({ step, epoch, loss }: StepDone, manifest: string) {
  const utterances = Array.from({ length: 8 }, (_, place) => {
    const index = (step + place) % recordings;
    const audioFilepath = `recordings/${String(index).padStart(2, '0')}.wav`;
    const durationSec = lengthSec(index);
    const [own, gradientShare] = place === 3 ? [loss * 3, 0.58] : [loss * (0.5 + place / 10), 0.06];
    return {
      ...{ audioFilepath, manifest, line: index + 1, durationSec, frames: Math.round(durationSec * 100), tokens: 6 },
      ...{ loss: own, gradientShare },
    };
  });
  return { step, epoch, utterances };
}
