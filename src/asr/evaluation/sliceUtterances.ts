import type { ReportSlice, ReportUtterance, SliceKind } from '../../shared/evaluation/evaluationReport.ts';
import { errorRateInterval95 } from '../bootstrap.ts';
import { addErrors, errorRate, NO_ERRORS } from '../errorRate.ts';

interface Ranges {
  by: Exclude<SliceKind, 'speaker'>;
  /** Lower ends of all ranges but the first; a range holds its lower end. */
  limits: readonly number[];
  unit: string;
  quantity(utterance: ReportUtterance): number | undefined;
}

/** The same in every report, so that reports can be laid side by side. */
const ranges: readonly Ranges[] = [
  { by: 'duration', limits: [2, 4, 8, 16], unit: 's', quantity: ({ durationSec }) => durationSec },
  { by: 'speechRate', limits: [8, 12, 16, 20], unit: 'characters/s', quantity: ({ speechRate }) => speechRate },
  { by: 'snr', limits: [0, 10, 20, 30, 40], unit: 'dB', quantity: ({ snrDb }) => snrDb },
];

/**
 * Error rates of the speakers, by name, then of ranges of length, speech rate and signal-to-noise ratio, low to high.
 * Utterances without the quantity are in no slice of it, and slices without utterances are not there.
 */
export function sliceUtterances(utterances: readonly ReportUtterance[]): ReportSlice[] {
  const speakers = group(utterances, ({ speaker }) => speaker);
  const names = [...speakers.keys()].sort((a, b) => (a < b ? -1 : 1));
  const slices = names.map((name) => score('speaker', name, speakers.get(name)!));
  for (const { by, limits, unit, quantity } of ranges) {
    const members = group(utterances, (utterance) => rangeIndex(limits, quantity(utterance)));
    for (let index = 0; index <= limits.length; index++) {
      const found = members.get(index);
      if (found) slices.push(score(by, rangeName(limits, index, unit), found));
    }
  }
  return slices;
}

/** The slice of a kind that an utterance is in; undefined where the quantity is not known. */
export function sliceOf(by: SliceKind, utterance: ReportUtterance): string | undefined {
  if (by === 'speaker') return utterance.speaker;
  const { limits, unit, quantity } = ranges.find((range) => range.by === by)!;
  const index = rangeIndex(limits, quantity(utterance));
  return index === undefined ? undefined : rangeName(limits, index, unit);
}

const rangeIndex = (limits: readonly number[], value: number | undefined): number | undefined =>
  value === undefined ? undefined : limits.filter((limit) => value >= limit).length;

function rangeName(limits: readonly number[], index: number, unit: string): string {
  if (index === 0) return `< ${limits[0]} ${unit}`;
  if (index === limits.length) return `≥ ${limits.at(-1)} ${unit}`;
  return `${limits[index - 1]}–${limits[index]} ${unit}`;
}

function score(by: SliceKind, name: string, members: readonly ReportUtterance[]): ReportSlice {
  const counts = members.map((utterance) => utterance.counts);
  const words = counts.reduce(addErrors, NO_ERRORS);
  const interval95 = errorRateInterval95(
    counts,
    members.map(({ speaker }) => speaker),
  );
  return { by, name, utterances: members.length, words, wer: errorRate(words), interval95 };
}

function group<K>(
  utterances: readonly ReportUtterance[],
  keyOf: (utterance: ReportUtterance) => K | undefined,
): Map<K, ReportUtterance[]> {
  const groups = new Map<K, ReportUtterance[]>();
  for (const utterance of utterances) {
    const key = keyOf(utterance);
    if (key === undefined) continue;
    const members = groups.get(key);
    if (members) members.push(utterance);
    else groups.set(key, [utterance]);
  }
  return groups;
}
