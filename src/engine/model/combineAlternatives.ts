import type { Alternative } from '../../asr/beam/ctcPrefixBeam.ts';

type Shown = Omit<Alternative, 'tokens' | 'words'>;

/** The best transcripts of a recording from those of its segments, one after another; their scores add up. */
export function combineAlternatives(segments: readonly (readonly Alternative[])[], nBest: number): Shown[] {
  const nothing: Shown = { text: '', acousticScore: 0, languageScore: 0, hotwordScore: 0, score: 0 };
  let best = [nothing];
  for (const segment of segments)
    best = best
      .flatMap((before) => segment.map((next) => joined(before, next)))
      .sort((a, b) => b.score - a.score)
      .slice(0, nBest);
  return best;
}

const joined = (before: Shown, next: Alternative): Shown => ({
  text: [before.text, next.text].filter((text) => text !== '').join(' '),
  acousticScore: before.acousticScore + next.acousticScore,
  languageScore: before.languageScore + next.languageScore,
  hotwordScore: before.hotwordScore + next.hotwordScore,
  score: before.score + next.score,
});
