import type { Evaluated, StepDone } from '../../shared/run/events.ts';
import type { Told } from './outlet.ts';

/** A cell is empty where it does not apply. */
type Columns = Readonly<Record<string, (event: Told) => number | string | undefined>>;

const ofStep =
  (value: (event: StepDone) => number | undefined) =>
  (event: Told): number | undefined =>
    event.kind === 'step' ? value(event) : undefined;
const ofEvaluation =
  (value: (event: Evaluated) => number) =>
  (event: Told): number | undefined =>
    event.kind === 'evaluated' ? value(event) : undefined;

const columns: Columns = {
  step: ({ step }) => step,
  /** From 1, as everywhere where people read it. */
  epoch: ({ epoch }) => epoch + 1,
  timeIso: ({ timeMs }) => new Date(timeMs).toISOString(),
  loss: ofStep(({ loss }) => loss),
  ctcLoss: ofStep(({ components }) => components?.ctc),
  attentionLoss: ofStep(({ components }) => components?.attention),
  learningRate: ofStep(({ learningRate }) => learningRate),
  gradientNorm: ofStep(({ gradientNorm }) => gradientNorm),
  lossScale: ofStep(({ lossScale }) => lossScale),
  audioSecPerSec: ofStep(audioSecPerSec),
  durationMs: ofStep(({ durationMs }) => durationMs),
  waitMs: ofStep(({ waitMs }) => waitMs),
  graphMs: ofStep(({ graphMs }) => graphMs),
  updateMs: ofStep(({ updateMs }) => updateMs),
  featureMs: ofStep(({ featureMs }) => featureMs),
  paddingShare: ofStep(({ paddingShare }) => paddingShare),
  devLoss: ofEvaluation(({ loss }) => loss),
  wer: ofEvaluation(({ wer }) => wer),
  cer: ofEvaluation(({ cer }) => cer),
};

export const csvHeader = `${Object.keys(columns).join()}\n`;

/** One line of `metrics.csv`: numbers as JSON has them, nothing that needs quotes. */
export const csvRow = (event: Told): string =>
  `${Object.values(columns)
    .map((cell) => cell(event) ?? '')
    .join()}\n`;

export function audioSecPerSec({ audioSec, durationMs }: StepDone): number {
  return durationMs > 0 ? (1000 * audioSec) / durationMs : 0;
}

/**
 * Where the rows begin that a run which goes on at `step` writes anew: those after it, and those of the last step before,
 * which may be incomplete. `fromStep` is 0 when all are.
 */
export function csvKept(file: Uint8Array, step: number): { bytes: number; fromStep: number } {
  const text = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (!text.subarray(0, csvHeader.length).equals(Buffer.from(csvHeader))) return { bytes: 0, fromStep: 0 };
  let end = text.lastIndexOf(10) + 1;
  let last: number | undefined;
  while (end > csvHeader.length) {
    const start = text.lastIndexOf(10, end - 2) + 1;
    const row = Number.parseInt(text.toString('latin1', start, Math.min(end, start + 20)), 10);
    if (row <= step) last ??= row;
    if (last !== undefined && row < last) break;
    end = start;
  }
  return { bytes: end, fromStep: last ?? 0 };
}
