import type { AudioInfo } from '../../dsp/audioFile.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import type { Utterance } from '../manifest.ts';
import { checkHabits, checkRates } from './setRules.ts';
import { checkCopies, checkSplits, type DataSet } from './splitRules.ts';
import { checkText } from './textRules.ts';
import {
  atUtterance,
  checkAudio,
  checkLength,
  type UtteranceLimits,
  unusableCodes,
  utteranceDurationSec,
} from './utteranceRules.ts';

/** How the rules reach audio; they do no IO of their own. */
export interface AudioReader {
  /** Header of the utterance's recording; rejects with a UserError when it is missing or cannot be decoded. */
  info(utterance: Utterance): Promise<Pick<AudioInfo, 'frames' | 'durationSec' | 'sampleRateHz' | 'problems'>>;
  /** What only the samples show; absent when they are not wanted. Rejects as `info` does. */
  listen?(utterance: Utterance): Promise<HeardAudio>;
}

export interface HeardAudio {
  problems: readonly Pick<Problem, 'code' | 'severity' | 'message' | 'fix'>[];
  /** Equal for recordings with the same samples. */
  digest?: string;
}

/** What an experiment asks of its data; a document by itself is not measured against any. */
export interface DataDemands {
  limits: UtteranceLimits;
  sampleRateHz: number;
}

/** Hears of a check while it goes on. */
export interface CheckMonitor {
  /** Problems as they are found, each once, in no order. */
  found?(problems: readonly Problem[]): void;
  progress?(stage: 'headers' | 'content', done: number, all: number): void;
  /** Asked between recordings; once true the check ends with what it has. */
  cancelled?(): boolean;
}

export interface DataReport {
  /** In the order of the documents; what concerns a whole set comes last. */
  problems: Problem[];
  /** Utterances that training would use. */
  usable: { train: number; dev: number };
  durationSec: { train: number; dev: number };
}

/** Recordings that are read at a time. */
const READERS = 16;
/** Lines after which what was found is told. */
const LINES_PER_REPORT = 5000;

/**
 * All problems of a data set: the transcripts first, then the headers of the recordings, then, with a reader that
 * listens, their samples. Without `demands` the alphabet, lengths and rate are not known and every utterance is in `train`.
 */
export async function checkData(
  data: DataSet,
  demands: DataDemands | undefined,
  reader: AudioReader,
  monitor: CheckMonitor = {},
): Promise<DataReport> {
  const check = createCheck(data, monitor);
  checkTexts(check, demands);
  await checkHeaders(check, demands, reader);
  check.addAll(checkRates(check.utterances, check.durationsSec));
  check.flush();
  if (reader.listen) await checkContent(check, reader.listen);
  const report = check.finish();
  const sets = [...(demands ? setProblems(check, report.usable.train) : []), ...checkSplits(data)];
  monitor.found?.(sets);
  return { ...report, problems: [...report.problems, ...sets] };
}

interface Check extends DataSet {
  readonly utterances: readonly Utterance[];
  /** Zero where it is not known. */
  readonly durationsSec: Float64Array;
  readonly monitor: CheckMonitor;
  add(index: number, problems: readonly Problem[]): void;
  addAll(found: ReadonlyMap<Utterance, Problem>): void;
  problemsOf(index: number): readonly Problem[];
  /** Tells what was added since the last time. */
  flush(): void;
  finish(): DataReport;
}

function createCheck({ train, dev }: DataSet, monitor: CheckMonitor): Check {
  const utterances = [...train, ...dev];
  const durationsSec = new Float64Array(utterances.length);
  // Most utterances have no problem: they take no room.
  const found = new Map<number, Problem[]>();
  let fresh: Problem[] = [];
  const add = (index: number, problems: readonly Problem[]) => {
    if (problems.length === 0) return;
    found.set(index, [...(found.get(index) ?? []), ...problems]);
    fresh.push(...problems);
  };
  const problemsOf = (index: number): readonly Problem[] => found.get(index) ?? [];
  return {
    train,
    dev,
    utterances,
    durationsSec,
    monitor,
    add,
    problemsOf,
    addAll(map) {
      if (map.size > 0) for (const [i, one] of utterances.entries()) add(i, map.has(one) ? [map.get(one)!] : []);
    },
    flush() {
      if (fresh.length > 0) monitor.found?.(fresh);
      fresh = [];
    },
    finish() {
      const usable = { train: 0, dev: 0 };
      const durationSec = { train: 0, dev: 0 };
      for (let i = 0; i < utterances.length; i++) {
        if (problemsOf(i).some(({ code, severity }) => severity === 'error' || unusableCodes.has(code))) continue;
        const split = i < train.length ? 'train' : 'dev';
        usable[split]++;
        durationSec[split] += durationsSec[i]!;
      }
      const order = [...found.keys()].sort((a, b) => a - b);
      return { problems: order.flatMap((index) => found.get(index)!), usable, durationSec };
    },
  };
}

function checkTexts(check: Check, demands: DataDemands | undefined): void {
  for (const [i, utterance] of check.utterances.entries()) {
    check.add(i, checkText(utterance, demands?.limits.tokenizer));
    if (i % LINES_PER_REPORT === 0) check.flush();
  }
  // With an experiment its alphabet and case decide, not what the other lines look like.
  if (!demands) check.addAll(checkHabits(check.utterances));
  check.flush();
}

async function checkHeaders(check: Check, demands: DataDemands | undefined, reader: AudioReader): Promise<void> {
  await eachUtterance(check, 'headers', async (utterance, index) => {
    const info = await reader.info(utterance);
    const problems = checkAudio(utterance, info, demands?.sampleRateHz);
    const durationSec = utteranceDurationSec(utterance, info);
    check.durationsSec[index] = durationSec;
    if (demands && durationSec > 0) {
      // Speed changes the training audio only.
      const limits = index < check.train.length ? demands.limits : { ...demands.limits, fastestSpeed: 1 };
      problems.push(...checkLength(utterance, durationSec, limits));
    }
    return problems;
  });
}

async function checkContent(check: Check, listen: NonNullable<AudioReader['listen']>): Promise<void> {
  const digests: (string | undefined)[] = new Array(check.utterances.length);
  await eachUtterance(check, 'content', async (utterance, index) => {
    // What has no header was told already.
    if (check.durationsSec[index] === 0) return [];
    const { problems, digest } = await listen(utterance);
    digests[index] = digest;
    return problems.map(({ fix, ...problem }) => {
      const message = `${utterance.audioFilepath}: ${problem.message}`;
      const placed = atUtterance(utterance, { ...problem, message }, 'audio');
      // A copy of the whole recording would have other times than the part that is named.
      return fix && utterance.offsetSec === undefined ? { ...placed, fix } : placed;
    });
  });
  check.addAll(checkCopies(check, digests));
  check.flush();
}

/** Reads some recordings at a time; what cannot be read is a problem of its utterance. */
async function eachUtterance(
  check: Check,
  stage: 'headers' | 'content',
  look: (utterance: Utterance, index: number) => Promise<Problem[]>,
): Promise<void> {
  const { utterances, monitor } = check;
  let next = 0;
  let done = 0;
  const takeNext = async () => {
    for (let index = next++; index < utterances.length && !monitor.cancelled?.(); index = next++) {
      const utterance = utterances[index]!;
      check.add(index, await look(utterance, index).catch((error: unknown) => unreadable(utterance, error)));
      if (++done % LINES_PER_REPORT === 0) check.flush();
      monitor.progress?.(stage, done, utterances.length);
    }
  };
  await Promise.all(Array.from({ length: READERS }, takeNext));
  check.flush();
}

function unreadable(utterance: Utterance, error: unknown): Problem[] {
  if (!(error instanceof UserError)) throw error;
  const reasons = error.problems.length > 0 ? error.problems : [{ code: 'bad-audio', message: error.message }];
  return reasons.map(({ code, message }) => {
    const named = message.includes(utterance.audioFilepath) ? message : `${utterance.audioFilepath}: ${message}`;
    return atUtterance(utterance, { code, severity: 'error', message: named }, 'audio');
  });
}

function setProblems(check: Check, usable: number): Problem[] {
  const problems: Problem[] = [];
  const { train } = check;
  const infeasible = train.filter((_, i) => check.problemsOf(i).some(({ code }) => code === 'ctc-infeasible')).length;
  if (infeasible > 0.01 * train.length) {
    const share = ((100 * infeasible) / train.length).toFixed(1);
    const message = `${infeasible} of ${train.length} training utterances (${share} %) have fewer output frames than units; shorten the hop, pool time less, or drop the fastest speed`;
    problems.push({ code: 'ctc-infeasible', severity: 'error', message });
  }
  if (usable === 0) {
    const message = train.length > 0 ? 'no training utterance is usable' : 'the training manifests hold no utterance';
    problems.push({ code: 'no-utterance', severity: 'error', message });
  }
  return problems;
}
