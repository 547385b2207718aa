import { readFile } from 'node:fs/promises';
import type { ConfidenceMap } from '../../asr/confidence.ts';
import { applyConfidenceMap } from '../../asr/confidence.ts';
import type { Word } from '../../asr/words.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { fileReason } from '../../training/fileError.ts';
import type { Decoding } from './chooseDecoding.ts';

/** What `calibration.json` beside the weights of a checkpoint holds: it is of these weights, and goes with them. */
export interface Calibration extends ConfidenceMap {
  version: 1;
  /** Confidences of another decoder mean something else. */
  decoder: Decoding['type'];
  /** Recognised words it was fitted on, and how many of them were right. */
  words: number;
  right: number;
  /** Expected calibration error without it, and with it on words it was not fitted on (five-fold). */
  errorBefore: number;
  errorAfter: number;
  manifest: string;
}

export const calibrationFile = 'calibration.json';

/** The calibration in a file; undefined where there is none. What is no calibration is a problem. */
export async function readCalibration(file: string): Promise<Calibration | { problem: Problem } | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    const reason = fileReason(error);
    if (reason === undefined) throw error;
    return refuse(file, reason);
  }
  try {
    const { version, slope, intercept, decoder } = JSON.parse(text) as Partial<Calibration>;
    if (version !== 1) return refuse(file, `it is of version ${version}, and this engine reads 1`);
    if (!(Number.isFinite(slope) && slope! >= 0 && Number.isFinite(intercept) && typeof decoder === 'string'))
      return refuse(file, 'slope, intercept or decoder is missing');
    return JSON.parse(text) as Calibration;
  } catch {
    return refuse(file, 'it is not JSON');
  }
}

const refuse = (file: string, reason: string): { problem: Problem } => ({
  problem: {
    code: 'calibration',
    severity: 'warning',
    message: `${reason}; confidences stay as the model gives them: make it again with asr calibrate`,
    file,
  },
});

/** The calibration that the user named. Throws a UserError where it is none. */
export async function requireCalibration(file: string): Promise<Calibration> {
  const read = await readCalibration(file);
  if (read && !('problem' in read)) return read;
  const reason = read ? read.problem.message.split(';')[0] : 'there is no such file';
  throw new UserError(`the calibration ${file}: ${reason}`);
}

/** Words with calibrated confidences; as they are where the calibration is of another decoder. */
export function calibrateWords(words: Word[], calibration: Calibration | undefined, decoder: Decoding['type']): Word[] {
  if (calibration?.decoder !== decoder) return words;
  return words.map((word) => ({ ...word, confidence: applyConfidenceMap(calibration, word.confidence) }));
}
