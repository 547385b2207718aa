import { type Silence, shortestSilenceSec } from '../dsp/findSilences.ts';
import type { AlignedToken } from './ctcAlign.ts';

/** A word or a unit of the output with its place, in seconds. */
export interface AlignedSpan {
  text: string;
  startSec: number;
  endSec: number;
  /** 0 to 1: the geometric mean of the posteriors over its frames. */
  score: number;
}

export interface AlignedWords {
  words: AlignedSpan[];
  /** Units of the vocabulary that words are made of; those of one word fill it. */
  tokens: AlignedSpan[];
}

export interface AlignedAudio {
  /** Time stride of the model × hop ÷ sample rate. */
  secondsPerFrame: number;
  /** Length of the utterance. */
  durationSec: number;
  /** Where the utterance begins in its recording; 0 if not given. */
  offsetSec?: number;
  /** Counted from the beginning of the utterance. */
  silences: readonly Silence[];
}

/** How far an edge may lie inside the outermost token's spike, which CTC places early or late. */
const slackSec = 0.2;
/** How far an edge reaches beyond a spike where no silence says where the word ends. */
const reachSec = 0.15;

/**
 * Words of an alignment with edges. CTC marks a token by a spike of a frame or two somewhere in its sound, so the spikes
 * only say which word is where; its edges come from the sound:
 * - Where silence lies between two words, the first ends where silence begins and the second begins where it ends. Short
 *   silences beside one of twice their length count as sounds (a closure, a click).
 * - Where there is none, they meet half-way between their spikes, but reach at most 0.15 s beyond them.
 * - An edge lies up to 0.2 s inside the outermost spike, or farther where that spike stands in silence, since no token is
 *   said there; but never beyond the middle of its word or the spike next to it.
 * Tokens meet half-way between their spikes; the first and the last reach to the edges of their word.
 */
export function alignedWords(
  aligned: readonly AlignedToken[],
  vocabulary: readonly string[],
  audio: AlignedAudio,
): AlignedWords {
  const groups = groupWords(aligned, vocabulary);
  const places = groups.map((group) => place(group, audio));
  const edges = places.map((own) => ({ startSec: own.firstSec, endSec: own.lastSec }));
  for (let i = 0; i <= places.length; i++) {
    const { endSec, startSec } = edgesBetween(places[i - 1], places[i], audio);
    if (edges[i - 1]) edges[i - 1]!.endSec = endSec;
    if (edges[i]) edges[i]!.startSec = startSec;
  }
  const offset = audio.offsetSec ?? 0;
  const result: AlignedWords = { words: [], tokens: [] };
  let before = 0;
  groups.forEach((group, i) => {
    const { startSec, endSec } = widen(edges[i]!, places[i]!, audio, before);
    before = endSec;
    const units = splitWord(group, vocabulary, audio.secondsPerFrame, { startSec, endSec });
    const shifted = (span: AlignedSpan) => ({
      ...span,
      startSec: offset + span.startSec,
      endSec: offset + span.endSec,
    });
    const text = group.map(({ token }) => vocabulary[token] ?? '').join('');
    result.words.push(shifted({ text: text.trimStart(), startSec, endSec, score: meanScore(group) }));
    result.tokens.push(...units.map(shifted));
  });
  return result;
}

/** Tokens of each word: one begins at a unit with a leading space, or after a space, which is in none. */
function groupWords(aligned: readonly AlignedToken[], vocabulary: readonly string[]): AlignedToken[][] {
  const groups: AlignedToken[][] = [];
  let open = false;
  for (const token of aligned) {
    const unit = vocabulary[token.token] ?? '';
    if (unit.startsWith(' ')) open = false;
    if (unit === ' ') continue;
    if (!open) groups.push([]);
    open = true;
    groups[groups.length - 1]!.push(token);
  }
  return groups;
}

/** Where a word's spikes are, and how far its edges may move inwards. */
interface WordPlace {
  firstSec: number;
  lastSec: number;
  middleSec: number;
  latestStartSec: number;
  earliestEndSec: number;
}

function place(group: readonly AlignedToken[], { secondsPerFrame, silences }: AlignedAudio): WordPlace {
  const centre = ({ firstFrame, endFrame }: AlignedToken) => ((firstFrame + endFrame) / 2) * secondsPerFrame;
  const first = group[0]!;
  const last = group[group.length - 1]!;
  const middleSec = (centre(first) + centre(last)) / 2;
  const second = centre(group[1] ?? first);
  const secondLast = centre(group[group.length - 2] ?? last);
  const around = (sec: number) => silences.find(({ startSec, endSec }) => startSec <= sec && sec <= endSec);
  const inwards = {
    start: Math.max(centre(first) + slackSec, around(centre(first))?.endSec ?? 0),
    end: Math.min(centre(last) - slackSec, around(centre(last))?.startSec ?? Number.POSITIVE_INFINITY),
  };
  return {
    firstSec: first.firstFrame * secondsPerFrame,
    lastSec: last.endFrame * secondsPerFrame,
    middleSec,
    latestStartSec: Math.min(second, middleSec, inwards.start),
    earliestEndSec: Math.max(secondLast, middleSec, inwards.end),
  };
}

/** The end of the word before a gap and the start of the one after it; at the ends of the utterance one is missing. */
function edgesBetween(
  before: WordPlace | undefined,
  after: WordPlace | undefined,
  { silences, durationSec }: AlignedAudio,
): { endSec: number; startSec: number } {
  const low = before?.earliestEndSec ?? 0;
  const high = after?.latestStartSec ?? durationSec;
  const within = silences
    .map(({ startSec, endSec }) => ({ startSec: Math.max(low, startSec), endSec: Math.min(high, endSec) }))
    .filter(({ startSec, endSec }) => {
      const outer = (!before && startSec === 0) || (!after && endSec > durationSec - 0.001);
      return endSec - startSec >= (outer ? Number.MIN_VALUE : shortestSilenceSec);
    });
  const longest = within.reduce((most, { startSec, endSec }) => Math.max(most, endSec - startSec), 0);
  const clear = within.filter(({ startSec, endSec }) => endSec - startSec >= longest / 2);
  if (clear.length > 0) return { endSec: clear[0]!.startSec, startSec: clear[clear.length - 1]!.endSec };
  const from = before?.lastSec ?? 0;
  const to = after?.firstSec ?? durationSec;
  const middle = before && after ? (from + to) / 2 : before ? durationSec : 0;
  return { endSec: Math.min(middle, from + reachSec), startSec: Math.max(middle, to - reachSec) };
}

/** A word has at least one frame, after the end of the word before it. */
function widen(
  { startSec, endSec }: { startSec: number; endSec: number },
  { middleSec }: WordPlace,
  { secondsPerFrame, durationSec }: AlignedAudio,
  beforeSec: number,
): { startSec: number; endSec: number } {
  const half = secondsPerFrame / 2;
  const wide = endSec - startSec >= secondsPerFrame;
  const end = Math.min(durationSec, wide ? endSec : Math.max(endSec, middleSec + half));
  const start = wide ? startSec : Math.min(startSec, middleSec - half);
  return { startSec: Math.min(Math.max(beforeSec, start), end), endSec: end };
}

function splitWord(
  group: readonly AlignedToken[],
  vocabulary: readonly string[],
  secondsPerFrame: number,
  { startSec, endSec }: { startSec: number; endSec: number },
): AlignedSpan[] {
  const inside = (sec: number) => Math.min(endSec, Math.max(startSec, sec));
  const meeting = (i: number) => inside(((group[i - 1]!.endFrame + group[i]!.firstFrame) / 2) * secondsPerFrame);
  return group.map((token, i) => ({
    text: (vocabulary[token.token] ?? '').trim(),
    startSec: i === 0 ? startSec : meeting(i),
    endSec: i === group.length - 1 ? endSec : meeting(i + 1),
    score: Math.min(1, Math.exp(token.logScore)),
  }));
}

function meanScore(group: readonly AlignedToken[]): number {
  let sum = 0;
  let frames = 0;
  for (const { firstFrame, endFrame, logScore } of group) {
    sum += logScore * (endFrame - firstFrame);
    frames += endFrame - firstFrame;
  }
  return Math.min(1, Math.exp(sum / frames));
}
