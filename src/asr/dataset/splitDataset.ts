import { UserError } from '../../shared/problem.ts';
import { createRandom } from '../../shared/random.ts';
import { normalizeText } from '../transcript.ts';

/** What a split looks at. */
export interface SplitItem {
  text: string;
  speaker?: string;
  durationSec?: number;
}

export interface SplitOptions {
  /** Share of the audio of each part, by its name; they need not add up to 1. A share of 0 leaves a part empty. */
  shares: Readonly<Record<string, number>>;
  seed: number;
  /** What each part shall have in the same proportions: short and long utterances, also the transcripts. */
  stratify?: 'duration' | 'text';
  /** Utterances one by one, for data without speakers: a speaker may then be in several parts. */
  ignoreSpeakers?: boolean;
}

/** Utterances that stay together, with their seconds in each stratum. */
interface Group {
  key: string;
  members: number[];
  weights: Float64Array;
  total: number;
}

const durationStrata = 4;
const textStrata = 4;
/** More different transcripts than this are sentences, not commands; their length is compared instead. */
const mostCommands = 60;

/**
 * Divides utterances so that no speaker is in two parts, each part gets its share of the audio, and short and long
 * utterances (and transcripts) are as frequent in each. Speakers go, largest first, to the part that then fits best; the
 * seed decides between equals. The order within a part is that of the input. Throws UserError where it cannot be done.
 */
export function splitDataset<T extends SplitItem>(items: readonly T[], options: SplitOptions): Record<string, T[]> {
  const names = Object.keys(options.shares).filter((name) => options.shares[name]! > 0);
  const total = names.reduce((sum, name) => sum + options.shares[name]!, 0);
  if (names.length < 2) throw new UserError('a split needs at least two parts with a share above 0');
  const groups = groupItems(items, options);
  checkGroups(groups, names, options);
  const random = createRandom('dataset split', options.seed);
  // Equal sizes are in the order of the shuffle: sorting keeps it.
  random.shuffle(groups).sort((a, b) => b.total - a.total);
  const targets = names.map((name) => scale(sumWeights(groups), options.shares[name]! / total));
  const place = assign(groups, targets);
  const parts: Record<string, T[]> = Object.fromEntries(Object.keys(options.shares).map((name) => [name, []]));
  const partOf = new Int32Array(items.length);
  groups.forEach(({ members }, index) => {
    for (const member of members) partOf[member] = place[index]!;
  });
  for (const [index, item] of items.entries()) parts[names[partOf[index]!]!]!.push(item);
  return parts;
}

function groupItems(items: readonly SplitItem[], { ignoreSpeakers, stratify }: SplitOptions): Group[] {
  const stratumOf = stratify === 'text' ? combine(byDuration(items), byText(items)) : byDuration(items);
  const strata = items.reduce((most, _, index) => Math.max(most, stratumOf(index) + 1), 1);
  const groups = new Map<string, Group>();
  items.forEach(({ speaker, durationSec }, index) => {
    if (speaker === undefined && !ignoreSpeakers)
      throw new UserError('some utterances have no speaker: a split by speaker is not possible');
    const key = ignoreSpeakers ? String(index) : speaker!;
    const group = groups.get(key) ?? { key, members: [], weights: new Float64Array(strata), total: 0 };
    groups.set(key, group);
    // Without lengths each utterance counts the same.
    const weight = durationSec ?? 1;
    group.members.push(index);
    group.weights[stratumOf(index)]! += weight;
    group.total += weight;
  });
  // Sorted by name first, so that the order of the lines does not matter.
  return [...groups.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function checkGroups(groups: readonly Group[], names: readonly string[], { ignoreSpeakers }: SplitOptions): void {
  if (groups.length >= names.length) return;
  const what = ignoreSpeakers ? 'utterance' : 'speaker';
  const there = groups.length === 1 ? `is only one ${what}` : `are only ${groups.length} ${what}s`;
  throw new UserError(`there ${there}: a split by ${what} into ${names.length} parts is not possible`);
}

/** Part of each group; every part gets at least one. */
function assign(groups: readonly Group[], targets: readonly Float64Array[]): number[] {
  const filled = targets.map((target) => new Float64Array(target.length));
  const counts = targets.map(() => 0);
  const place = groups.map((group, index) => {
    const empty = counts.filter((count) => count === 0).length;
    const mustFill = groups.length - index <= empty;
    const open = targets.map((_, part) => part).filter((part) => !mustFill || counts[part] === 0);
    const cost = (part: number) => costOf(group, 1, filled[part]!, targets[part]!);
    const best = open.reduce((least, part) => (cost(part) < cost(least) ? part : least));
    addTo(filled[best]!, group.weights, 1);
    counts[best]!++;
    return best;
  });
  improve(groups, targets, filled, counts, place);
  return place;
}

/** Moves groups while that brings the parts nearer to what they should be. */
function improve(
  groups: readonly Group[],
  targets: readonly Float64Array[],
  filled: Float64Array[],
  counts: number[],
  place: number[],
): void {
  for (let round = 0; round < 10; round++) {
    let moved = false;
    groups.forEach((group, index) => {
      const from = place[index]!;
      if (counts[from] === 1) return;
      const leave = costOf(group, -1, filled[from]!, targets[from]!);
      const gains = targets.map((target, to) => (to === from ? 0 : leave + costOf(group, 1, filled[to]!, target)));
      const to = gains.indexOf(Math.min(...gains));
      if (!(gains[to]! < -1e-9)) return;
      addTo(filled[from]!, group.weights, -1);
      addTo(filled[to]!, group.weights, 1);
      counts[from]!--;
      counts[to]!++;
      place[index] = to;
      moved = true;
    });
    if (!moved) return;
  }
}

/** How much worse a part fits when a group is added (1) or taken away (−1): its squared miss, relative to what it should have. */
function costOf({ weights }: Group, sign: 1 | -1, filled: Float64Array, target: Float64Array): number {
  let cost = 0;
  let [sumTarget, sumFilled, sumWeight] = [0, 0, 0];
  for (let i = 0; i < target.length; i++) {
    const [want, have, weight] = [target[i]!, filled[i]!, sign * weights[i]!];
    if (want > 0) cost += ((have + weight - want) ** 2 - (have - want) ** 2) / want;
    sumTarget += want;
    sumFilled += have;
    sumWeight += weight;
  }
  // The size of the part counts as much as all its strata together.
  return cost + ((sumFilled + sumWeight - sumTarget) ** 2 - (sumFilled - sumTarget) ** 2) / sumTarget;
}

type StratumOf = (index: number) => number;

function byDuration(items: readonly SplitItem[]): StratumOf {
  return byQuantile(
    items.map(({ durationSec }) => durationSec ?? 0),
    durationStrata,
  );
}

/** By the transcript itself where there are few, as with commands; by its length otherwise. */
function byText(items: readonly SplitItem[]): StratumOf {
  const texts = items.map(({ text }) => normalizeText(text, { case: 'as-is' }));
  const distinct = [...new Set(texts)].sort();
  if (distinct.length > mostCommands)
    return byQuantile(
      texts.map(({ length }) => length),
      textStrata,
    );
  const places = new Map(distinct.map((text, index) => [text, index]));
  return (index) => places.get(texts[index]!)!;
}

function byQuantile(values: readonly number[], count: number): StratumOf {
  const sorted = Float64Array.from(values).sort();
  const edges = Array.from({ length: count - 1 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / count)]!);
  return (index) => edges.filter((edge) => values[index]! >= edge).length;
}

const combine =
  (first: StratumOf, second: StratumOf): StratumOf =>
  (index) =>
    first(index) + durationStrata * second(index);

function sumWeights(groups: readonly Group[]): Float64Array {
  const sum = new Float64Array(groups[0]?.weights.length ?? 0);
  for (const { weights } of groups) addTo(sum, weights, 1);
  return sum;
}

const scale = (values: Float64Array, factor: number) => values.map((value) => value * factor);

function addTo(sum: Float64Array, values: Float64Array, sign: 1 | -1): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += sign * values[i]!;
}
