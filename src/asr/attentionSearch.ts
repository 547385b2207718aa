import type { GreedyDecoding } from './ctcGreedy.ts';
import type { CtcPrefix, CtcPrefixScorer } from './ctcPrefixScore.ts';

/** A decoder that reads one utterance token by token; it keeps the states of the hypotheses of its last call. */
export interface DecoderSteps {
  /**
   * One step for each of some hypotheses: `parents` are rows of the last call (0 before the first), `tokens` what each
   * of them read last (0, the start, in the first call).
   */
  advance(parents: readonly number[], tokens: readonly number[]): Promise<DecoderStep>;
}

export interface DecoderStep {
  /** Natural logarithms, [hypotheses, vocabulary]; index 0 is the end. */
  logProbabilities: Float32Array;
  /** The frame each hypothesis looks at most. */
  peaks: Int32Array;
}

export interface SearchOptions {
  vocabularySize: number;
  /** Hypotheses kept. */
  beamWidth: number;
  /** Longest transcript; the search ends there at the latest. */
  maxTokens: number;
  /** Share `weight` of CTC in the scores. */
  ctc?: { scorer: CtcPrefixScorer; weight: number };
}

interface Hypothesis {
  /** (1 − weight)·log p of the decoder + weight·log p of CTC. */
  score: number;
  attention: number;
  prefix: CtcPrefix | undefined;
  tokens: readonly number[];
  frames: readonly number[];
  logs: readonly number[];
}

/** With CTC only so many times the beam's width of each hypothesis' likeliest tokens get a CTC score, as in ESPnet. */
const scoredShare = 1.5;

/**
 * Beam search for the likeliest transcript by an attention decoder, alone or with CTC prefix scores (Hori et al. 2017).
 * Scores are sums of logarithms and only fall as a transcript grows, so the search ends as soon as no open hypothesis is
 * above the best finished one, which then is the result: nothing that was kept could overtake it.
 *
 * A token's frame is the one most attended to, its confidence the decoder's probability.
 */
export async function attentionSearch(steps: DecoderSteps, options: SearchOptions): Promise<GreedyDecoding> {
  const { beamWidth, maxTokens, ctc } = options;
  let open: Hypothesis[] = [{ score: 0, attention: 0, prefix: ctc?.scorer.start, tokens: [], frames: [], logs: [] }];
  let parents = [0];
  let best: Hypothesis | undefined;
  for (;;) {
    const step = await steps.advance(
      parents,
      open.map(({ tokens }) => tokens.at(-1) ?? 0),
    );
    const grown: { parent: number; hypothesis: Hypothesis }[] = [];
    for (const [parent, hypothesis] of open.entries()) {
      const finished = finish(hypothesis, step, parent, options);
      if (!best || finished.score > best.score) best = finished;
      if (hypothesis.tokens.length >= maxTokens) continue;
      for (const token of likeliest(step, parent, options))
        grown.push({ parent, hypothesis: grow(hypothesis, step, parent, token, options) });
    }
    grown.sort((a, b) => b.hypothesis.score - a.hypothesis.score);
    const kept = grown.slice(0, beamWidth).filter(({ hypothesis }) => hypothesis.score > best!.score);
    if (kept.length === 0) return decodingOf(best!);
    open = kept.map(({ hypothesis }) => hypothesis);
    parents = kept.map(({ parent }) => parent);
  }
}

function grow(from: Hypothesis, step: DecoderStep, row: number, token: number, options: SearchOptions): Hypothesis {
  const log = step.logProbabilities[row * options.vocabularySize + token]!;
  const attention = from.attention + log;
  const prefix = options.ctc && from.prefix && options.ctc.scorer.extend(from.prefix, token);
  return {
    score: weighed(attention, prefix?.score, options),
    attention,
    prefix,
    tokens: [...from.tokens, token],
    frames: [...from.frames, step.peaks[row]!],
    logs: [...from.logs, log],
  };
}

function finish(hypothesis: Hypothesis, step: DecoderStep, row: number, options: SearchOptions): Hypothesis {
  const attention = hypothesis.attention + step.logProbabilities[row * options.vocabularySize]!;
  const complete = options.ctc && hypothesis.prefix && options.ctc.scorer.complete(hypothesis.prefix);
  return { ...hypothesis, attention, score: weighed(attention, complete, options) };
}

const weighed = (attention: number, ctcScore: number | undefined, { ctc }: SearchOptions) =>
  ctc && ctcScore !== undefined ? (1 - ctc.weight) * attention + ctc.weight * ctcScore : attention;

/** Tokens worth a score, the end not among them. */
function likeliest({ logProbabilities }: DecoderStep, row: number, { vocabularySize, beamWidth, ctc }: SearchOptions) {
  const tokens = Array.from({ length: vocabularySize - 1 }, (_, i) => i + 1);
  const count = ctc ? Math.ceil(scoredShare * beamWidth) : beamWidth;
  if (tokens.length <= count) return tokens;
  const start = row * vocabularySize;
  return tokens.sort((a, b) => logProbabilities[start + b]! - logProbabilities[start + a]!).slice(0, count);
}

function decodingOf({ tokens, frames, logs }: Hypothesis): GreedyDecoding {
  // Attention may look back; times of words must not.
  const forward: number[] = [];
  for (const frame of frames) forward.push(Math.max(frame, forward.at(-1) ?? 0));
  return {
    tokens: [...tokens],
    frames: forward,
    endFrames: forward.map((frame, i) => Math.max(frame + 1, forward[i + 1] ?? 0)),
    confidence: logs.map((log) => Math.min(1, Math.exp(log))),
  };
}
