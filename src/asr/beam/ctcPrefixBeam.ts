import type { GreedyDecoding } from '../ctcGreedy.ts';
import { logAdd } from '../ctcPrefixScore.ts';
import { decodeTokens } from '../tokenizer.ts';
import { alignTokens } from './alignTokens.ts';
import type { TextScorer, TextState } from './textScorer.ts';

export interface BeamOptions {
  vocabulary: readonly string[];
  /** What the text adds to the acoustic score. */
  scorer: TextScorer;
  /** Prefixes kept after each frame. */
  beamWidth: number;
  /** Frames whose blank is at least this likely begin no token; above 1 every frame may. */
  blankThreshold?: number;
  /** Tokens less likely than this begin at no frame, natural logarithm. */
  tokenFloor?: number;
  /** Of a frame's tokens only the likeliest that together have this share of its probability begin. */
  tokenMass?: number;
  /** Alternatives wanted. */
  nBest?: number;
}

/** One transcript with its scores, natural logarithms. */
export interface Alternative {
  text: string;
  tokens: number[];
  /** ln p of all CTC paths of the text that the beam kept. */
  acousticScore: number;
  /** ln p by the language model, not weighed. */
  languageScore: number;
  hotwordScore: number;
  words: number;
  /** What they are ranked by. */
  score: number;
}

/** The best transcript with the frames of its likeliest path, and the runners-up. */
export interface BeamDecoding extends GreedyDecoding {
  /** Best first, the best among them. */
  alternatives: Alternative[];
}

/** A prefix: a node of the tree of all prefixes met. */
interface Prefix {
  readonly parent: Prefix | undefined;
  readonly token: number;
  readonly text: TextState;
  firstChild: Prefix | undefined;
  readonly sibling: Prefix | undefined;
  /** ln p of its paths that end in the blank, and of those that end in its token; of this frame and the next. */
  blank: number;
  ending: number;
  nextBlank: number;
  nextEnding: number;
  score: number;
  /** Number of the frame that last reached it, and whether the beam has it. */
  reached: number;
  kept: boolean;
}

const impossible = Number.NEGATIVE_INFINITY;

/**
 * CTC prefix beam search (Hannun et al. 2014, Algorithm 1) in logarithms: the probability of a prefix is that of all its
 * paths, and its rank adds what `scorer` thinks of its text. With a beam as wide as there are prefixes it is exact.
 * @param logProbabilities natural logarithms, [frames, vocabulary], row-major, blank 0; further rows are ignored
 */
export function ctcPrefixBeam(logProbabilities: Float32Array, frames: number, options: BeamOptions): BeamDecoding {
  const size = options.vocabulary.length;
  if (logProbabilities.length < frames * size)
    throw new Error(`ctcPrefixBeam: ${logProbabilities.length} values for ${frames} × ${size}`);
  let beam: Prefix[] = [createPrefix(undefined, 0, options.scorer.start)];
  beam[0]!.blank = 0;
  beam[0]!.kept = true;
  const chooseTokens = tokenChooser(options);
  for (let frame = 0; frame < frames; frame++) {
    const row = logProbabilities.subarray(frame * size, (frame + 1) * size);
    const reached = advance(beam, row, chooseTokens(row), frame + 1, options);
    for (const prefix of beam) prefix.kept = false;
    // Stable, so equal scores keep their order and results do not depend on the machine.
    beam = reached.sort((a, b) => b.score - a.score);
    beam.length = Math.min(beam.length, options.beamWidth);
    for (const prefix of beam) {
      prefix.kept = true;
      prefix.blank = prefix.nextBlank;
      prefix.ending = prefix.nextEnding;
    }
  }
  const alternatives = finishAll(beam, options);
  const [best] = alternatives;
  // Frames in which nothing is possible have no path.
  const tokens = best && best.acousticScore > impossible ? best.tokens : [];
  return { ...alignTokens(logProbabilities, frames, size, tokens), alternatives };
}

function createPrefix(parent: Prefix | undefined, token: number, text: TextState): Prefix {
  const sibling = parent?.firstChild;
  const prefix: Prefix = {
    parent,
    token,
    text,
    firstChild: undefined,
    sibling,
    blank: impossible,
    ending: impossible,
    nextBlank: impossible,
    nextEnding: impossible,
    score: impossible,
    reached: 0,
    kept: false,
  };
  if (parent) parent.firstChild = prefix;
  return prefix;
}

/** One frame: all prefixes that it leads to, with the probabilities of the next. */
function advance(
  beam: readonly Prefix[],
  row: Float32Array,
  tokens: Int32Array,
  frame: number,
  { scorer, beamWidth }: BeamOptions,
): Prefix[] {
  const reached: Prefix[] = [];
  const reach = (prefix: Prefix) => {
    if (prefix.reached === frame) return;
    prefix.reached = frame;
    prefix.nextBlank = impossible;
    prefix.nextEnding = impossible;
    reached.push(prefix);
  };
  let lowest = Number.POSITIVE_INFINITY;
  for (const prefix of beam) {
    reach(prefix);
    prefix.nextBlank = logAdd(prefix.blank, prefix.ending) + row[0]!;
    if (prefix.token !== 0) prefix.nextEnding = prefix.ending + row[prefix.token]!;
    lowest = Math.min(lowest, logAdd(prefix.nextBlank, prefix.nextEnding) + prefix.text.bonus);
  }
  // A full beam that only stays is already this good: what cannot reach that needs no prefix of its own.
  const bar = beam.length < beamWidth ? impossible : lowest - Math.max(0, scorer.mostGain) - 1e-9;
  for (const prefix of beam) {
    const all = logAdd(prefix.blank, prefix.ending);
    for (const token of tokens) {
      const log = (token === prefix.token ? prefix.blank : all) + row[token]!;
      if (log === impossible) continue;
      let child = childOf(prefix, token);
      if (!child?.kept && log + prefix.text.bonus < bar) continue;
      child ??= createPrefix(prefix, token, scorer.extend(prefix.text, token));
      reach(child);
      child.nextEnding = logAdd(child.nextEnding, log);
    }
  }
  for (const prefix of reached) prefix.score = logAdd(prefix.nextBlank, prefix.nextEnding) + prefix.text.bonus;
  return reached;
}

function childOf(prefix: Prefix, token: number): Prefix | undefined {
  let child = prefix.firstChild;
  while (child && child.token !== token) child = child.sibling;
  return child;
}

/** Which tokens may begin at a frame. */
function tokenChooser({ vocabulary, blankThreshold = 2, tokenFloor = impossible, tokenMass = 1 }: BeamOptions) {
  const skipLog = Math.log(blankThreshold);
  const room = new Int32Array(vocabulary.length);
  return (row: Float32Array): Int32Array => {
    if (row[0]! >= skipLog) return room.subarray(0, 0);
    let count = 0;
    for (let token = 1; token < row.length; token++) if (row[token]! >= tokenFloor) room[count++] = token;
    const chosen = room.subarray(0, count);
    if (tokenMass >= 1) return chosen;
    chosen.sort((a, b) => row[b]! - row[a]! || a - b);
    let mass = Math.exp(row[0]!);
    let kept = 0;
    while (kept < count && mass < tokenMass) mass += Math.exp(row[chosen[kept++]!]!);
    return chosen.subarray(0, kept);
  };
}

/** Transcripts best first; prefixes of one text, as pieces may spell it in several ways, count together. */
function finishAll(beam: readonly Prefix[], { vocabulary, scorer, nBest = 1 }: BeamOptions): Alternative[] {
  const byText = new Map<string, Alternative & { best: number }>();
  for (const prefix of beam) {
    const tokens = tokensOf(prefix);
    const text = decodeTokens(vocabulary, tokens).replace(/ +/g, ' ').trim();
    const acoustic = logAdd(prefix.blank, prefix.ending);
    const known = byText.get(text);
    if (known) {
      if (acoustic > known.best) Object.assign(known, { best: acoustic, tokens });
      const acousticScore = logAdd(known.acousticScore, acoustic);
      known.score += acousticScore - known.acousticScore;
      known.acousticScore = acousticScore;
      continue;
    }
    const { bonus, languageLog, hotScore, words } = scorer.finish(prefix.text);
    const score = acoustic + bonus;
    const scores = { acousticScore: acoustic, languageScore: languageLog, hotwordScore: hotScore, words, score };
    byText.set(text, { text, tokens, ...scores, best: acoustic });
  }
  return [...byText.values()]
    .sort((a, b) => b.score - a.score)
    .slice(0, nBest)
    .map(({ best: _, ...alternative }) => alternative);
}

function tokensOf(prefix: Prefix): number[] {
  const tokens: number[] = [];
  for (let at = prefix; at.parent; at = at.parent) tokens.push(at.token);
  return tokens.reverse();
}
