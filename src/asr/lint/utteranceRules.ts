import type { AudioInfo } from '../../dsp/audioFile.ts';
import type { Problem } from '../../shared/problem.ts';
import { framesToTrain } from '../ctcFeasible.ts';
import type { Utterance, UtterancePart } from '../manifest.ts';
import { hasPieces, type Tokenizer } from '../tokenizer.ts';
import { placeOfPart } from '../utterancePlace.ts';

/** What an utterance is measured against. */
export interface UtteranceLimits {
  tokenizer: Tokenizer;
  maxDurationSec: number;
  /** Largest speed factor of the augmentation, 1 without. */
  fastestSpeed: number;
  /** Without CTC in the loss a transcript may be longer than the output. */
  loss: { ctcWeight: number };
  /** Output frames of the model for audio of this length, played at a speed. */
  outputFrames(durationSec: number, speed: number): number;
}

/** Codes of problems for which training leaves the utterance out. */
export const unusableCodes: ReadonlySet<string> = new Set([
  'empty-text',
  'oov',
  'bad-audio',
  'too-long',
  'ctc-infeasible',
]);

/** Places a problem at a part of an utterance, or at the start of its line. */
export function atUtterance(
  utterance: Utterance,
  problem: Pick<Problem, 'code' | 'severity' | 'message'>,
  part?: UtterancePart,
): Problem {
  const place = part ? placeOfPart(utterance, part) : { file: utterance.file, line: utterance.line, column: 1 };
  return { ...problem, ...place };
}

/** Transcript against length: too long, or too short for CTC at the fastest speed. */
export function checkLength(utterance: Utterance, durationSec: number, limits: UtteranceLimits): Problem[] {
  if (durationSec > limits.maxDurationSec) {
    const message = `${durationSec.toFixed(2)} s is longer than data.maxDurationSec (${limits.maxDurationSec} s); it is left out`;
    return [atUtterance(utterance, { code: 'too-long', severity: 'warning', message }, 'audio')];
  }
  const encoded = limits.tokenizer.encode(utterance.text);
  if ('problem' in encoded) return [];
  const needed = framesToTrain(encoded.tokens, limits.loss);
  const frames = limits.outputFrames(durationSec, limits.fastestSpeed);
  if (frames >= needed) return [];
  const speed = limits.fastestSpeed === 1 ? '' : ` at ×${limits.fastestSpeed} speed`;
  const message = `${durationSec.toFixed(2)} s give ${frames} output frames${speed}, its ${encoded.tokens.length} ${hasPieces(limits.tokenizer.vocabulary) ? 'pieces' : 'characters'} need ${needed}; it is left out`;
  return [atUtterance(utterance, { code: 'ctc-infeasible', severity: 'warning', message }, 'text')];
}

/** The shortest words of quick speakers take longer. */
const shortestSec = 0.1;

/** What the manifest says of the audio against what its header says. */
export function checkAudio(
  utterance: Utterance,
  info: Pick<AudioInfo, 'frames' | 'durationSec' | 'sampleRateHz' | 'problems'>,
  sampleRateHz?: number,
): Problem[] {
  const found: Problem[] = [];
  const report = (code: string, severity: Problem['severity'], message: string, part: UtterancePart = 'audio') =>
    found.push(atUtterance(utterance, { code, severity, message: `${utterance.audioFilepath}: ${message}` }, part));
  for (const problem of info.problems) report(problem.code, problem.severity, problem.message);
  if (info.frames === 0) report('bad-audio', 'error', 'the recording is empty');
  else {
    const start = utterance.offsetSec ?? 0;
    const end = start + (utterance.durationSec ?? 0);
    const actual = info.durationSec.toFixed(2);
    const tolerance = 0.05;
    const short =
      utterance.offsetSec === undefined && utterance.durationSec !== undefined && end < info.durationSec - tolerance;
    const lengthSec = utteranceDurationSec(utterance, info);
    if (lengthSec > 0 && lengthSec < shortestSec)
      report('too-short', 'warning', `${lengthSec.toFixed(3)} s are too short for a word`);
    if (start >= info.durationSec) {
      report('bad-audio', 'error', `offset ${start} s is past the end (${actual} s)`, 'offset');
    } else if (end > info.durationSec + tolerance || short) {
      const message = `${utterance.audioFilepath}: ${documentName(utterance)} says it ends at ${end.toFixed(2)} s, the recording at ${actual} s`;
      const problem = atUtterance(utterance, { code: 'duration-mismatch', severity: 'warning', message }, 'duration');
      const measured = String(Math.round(info.durationSec * 1e4) / 1e4);
      const whole = utterance.offsetSec === undefined;
      found.push(whole ? { ...problem, fix: { title: `Set it to ${measured} s`, replacement: measured } } : problem);
    }
  }
  if (sampleRateHz !== undefined && info.sampleRateHz < sampleRateHz) {
    const message = `${utterance.audioFilepath}: ${info.sampleRateHz} Hz is resampled to ${sampleRateHz} Hz and has nothing above ${info.sampleRateHz / 2} Hz`;
    found.push({
      ...atUtterance(utterance, { code: 'rate-mismatch', severity: 'info', message }, 'audio'),
      fix: { title: `Resample a copy to ${sampleRateHz} Hz`, copy: { change: 'resample', sampleRateHz } },
    });
  }
  return found;
}

const documentName = ({ places }: Utterance) => (places ? 'the document' : 'the manifest');

/** Seconds of audio an utterance stands for: the whole recording, or from the offset on for its duration. */
export function utteranceDurationSec(utterance: Utterance, info: Pick<AudioInfo, 'durationSec'>): number {
  if (utterance.offsetSec === undefined) return info.durationSec;
  const rest = Math.max(0, info.durationSec - utterance.offsetSec);
  return Math.min(utterance.durationSec ?? rest, rest);
}
