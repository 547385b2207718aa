import type { AudioInfo } from '../../dsp/audioFile.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import type { Utterance } from '../manifest.ts';
import {
  atUtterance,
  checkAudio,
  checkLength,
  checkTranscript,
  type UtteranceLimits,
  unusableCodes,
  utteranceDurationSec,
} from './utteranceRules.ts';

/** How the rules reach audio; they do no IO of their own. */
export interface AudioReader {
  /** Header of the utterance's recording; rejects with a UserError when it is missing or cannot be decoded. */
  info(utterance: Utterance): Promise<AudioInfo>;
  /** Problems only the samples show; absent when they are not wanted. */
  samples?(utterance: Utterance, info: AudioInfo): Promise<Pick<Problem, 'code' | 'severity' | 'message'>[]>;
}

export interface DataSet {
  train: readonly Utterance[];
  dev: readonly Utterance[];
}

export interface DataReport {
  problems: Problem[];
  /** Utterances that training would use. */
  usable: { train: number; dev: number };
  durationSec: { train: number; dev: number };
}

const READERS = 16;

/** All problems of a data set: each utterance by itself, then the splits against each other. */
export async function checkData(
  data: DataSet,
  limits: UtteranceLimits,
  sampleRateHz: number,
  reader: AudioReader,
  progress: (done: number, all: number) => void = () => {},
): Promise<DataReport> {
  const work = (['train', 'dev'] as const).flatMap((split) => data[split].map((utterance) => ({ split, utterance })));
  const found: Problem[][] = work.map(() => []);
  const usable = { train: 0, dev: 0 };
  const durationSec = { train: 0, dev: 0 };
  let infeasible = 0;
  let next = 0;
  let done = 0;
  const takeNext = async () => {
    for (let index = next++; index < work.length; index = next++) {
      const { split, utterance } = work[index]!;
      // Speed changes the training audio only.
      const itsLimits = split === 'train' ? limits : { ...limits, fastestSpeed: 1 };
      const outcome = await checkUtterance(utterance, itsLimits, sampleRateHz, reader);
      found[index] = outcome.problems;
      durationSec[split] += outcome.durationSec;
      if (outcome.usable) usable[split]++;
      if (split === 'train' && outcome.problems.some(({ code }) => code === 'ctc-infeasible')) infeasible++;
      progress(++done, work.length);
    }
  };
  await Promise.all(Array.from({ length: READERS }, takeNext));
  const problems = found.flat();
  if (infeasible > 0.01 * data.train.length) {
    const share = ((100 * infeasible) / data.train.length).toFixed(1);
    const message = `${infeasible} of ${data.train.length} training utterances (${share} %) have fewer output frames than units; shorten the hop, pool time less, or drop the fastest speed`;
    problems.push({ code: 'ctc-infeasible', severity: 'error', message });
  }
  if (usable.train === 0) {
    const message =
      data.train.length > 0 ? 'no training utterance is usable' : 'the training manifests hold no utterance';
    problems.push({ code: 'no-utterance', severity: 'error', message });
  }
  problems.push(...checkSplits(data));
  return { problems, usable, durationSec };
}

async function checkUtterance(
  utterance: Utterance,
  limits: UtteranceLimits,
  sampleRateHz: number,
  reader: AudioReader,
): Promise<{ problems: Problem[]; usable: boolean; durationSec: number }> {
  const problems: Problem[] = checkTranscript(utterance, limits.tokenizer);
  let durationSec = 0;
  try {
    const info = await reader.info(utterance);
    problems.push(...checkAudio(utterance, info, sampleRateHz));
    durationSec = utteranceDurationSec(utterance, info);
    if (durationSec > 0) problems.push(...checkLength(utterance, durationSec, limits));
    const heard = (await reader.samples?.(utterance, info)) ?? [];
    for (const problem of heard) {
      problems.push(atUtterance(utterance, { ...problem, message: `${utterance.audioFilepath}: ${problem.message}` }));
    }
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const reasons = error.problems.length > 0 ? error.problems : [{ code: 'bad-audio', message: error.message }];
    for (const { code, message } of reasons) {
      const named = message.includes(utterance.audioFilepath) ? message : `${utterance.audioFilepath}: ${message}`;
      problems.push(atUtterance(utterance, { code, severity: 'error', message: named }));
    }
  }
  const usable = !problems.some(({ code, severity }) => severity === 'error' || unusableCodes.has(code));
  return { problems, usable, durationSec: usable ? durationSec : 0 };
}

/** A recording, speaker or sentence in both splits makes the error rate look better than it is. */
export function checkSplits({ train, dev }: DataSet): Problem[] {
  const problems: Problem[] = [];
  const recordings = new Set(train.map(audioKey));
  const speakers = new Set(train.flatMap(({ speaker }) => (speaker === undefined ? [] : [speaker])));
  const sentences = new Set(train.map(({ text }) => text));
  const leaked = new Map<string, Utterance[]>();
  let sameText = 0;
  for (const utterance of dev) {
    if (recordings.has(audioKey(utterance))) {
      const message = `${utterance.audioFilepath} is also trained on`;
      problems.push(atUtterance(utterance, { code: 'split-leak', severity: 'error', message }));
    }
    if (utterance.speaker !== undefined && speakers.has(utterance.speaker)) {
      leaked.set(utterance.speaker, [...(leaked.get(utterance.speaker) ?? []), utterance]);
    }
    if (sentences.has(utterance.text)) sameText++;
  }
  for (const [speaker, utterances] of leaked) {
    const message = `speaker ${speaker} (${utterances.length} dev utterances) is also trained on; split by speaker`;
    problems.push(atUtterance(utterances[0]!, { code: 'speaker-leak', severity: 'warning', message }));
  }
  if (sameText > 0) {
    const message = `${sameText} of ${dev.length} dev transcripts are also trained on: fine for a fixed set of commands, too easy for dictation`;
    problems.push(atUtterance(dev[0]!, { code: 'text-leak', severity: 'info', message }));
  }
  return problems;
}

const audioKey = ({ file, audioFilepath, offsetSec }: Utterance) =>
  `${file.slice(0, file.lastIndexOf('/') + 1)}${audioFilepath}@${offsetSec ?? 0}`;
