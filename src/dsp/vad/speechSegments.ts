import { createSpeechTracker, defaultSpeechRules, type SpeechRules } from './speechTracker.ts';

/** A stretch of speech. */
export interface SpeechSegment {
  startSec: number;
  endSec: number;
}

export interface SegmentRules extends SpeechRules {
  /** Added at both ends, at most half the pause to the neighbour. */
  paddingSec: number;
  /** Shorter speech is dropped. */
  minSpeechSec: number;
  /** Shorter pauses do not divide. */
  minSilenceSec: number;
  /** Longer segments are cut in the longest pause of their second half. */
  maxSegmentSec: number;
}

export const defaultSegmentRules: SegmentRules = {
  ...defaultSpeechRules,
  paddingSec: 0.15,
  minSpeechSec: 0.1,
  minSilenceSec: 0.3,
  maxSegmentSec: 25,
};

interface Span {
  start: number;
  end: number;
}

/** Segments of a recording from the detector's decision for each of its frames, in order and without overlap. */
export function findSpeechSegments(
  speech: readonly boolean[],
  rules: SegmentRules = defaultSegmentRules,
): SpeechSegment[] {
  const { frameSec, paddingSec, minSpeechSec, minSilenceSec, maxSegmentSec } = rules;
  const inFrames = (seconds: number) => Math.round(seconds / frameSec);
  const joined: Span[] = [];
  for (const span of trackedSpans(speech, rules)) {
    const last = joined.at(-1);
    if (last && span.start - last.end < inFrames(minSilenceSec)) last.end = span.end;
    else joined.push({ ...span });
  }
  const kept = joined.filter(({ start, end }) => end - start >= inFrames(minSpeechSec));
  const padded = kept.map(({ start, end }, i) => ({
    start: Math.max(start - inFrames(paddingSec), i === 0 ? 0 : Math.ceil((kept[i - 1]!.end + start) / 2)),
    end: Math.min(
      end + inFrames(paddingSec),
      i === kept.length - 1 ? speech.length : Math.ceil((end + kept[i + 1]!.start) / 2),
    ),
  }));
  const longest = Math.max(1, inFrames(maxSegmentSec));
  return padded
    .flatMap((span) => cutLong(span, longest, speech))
    .map(({ start, end }) => ({ startSec: start * frameSec, endSec: end * frameSec }));
}

function trackedSpans(speech: readonly boolean[], rules: SpeechRules): Span[] {
  const tracker = createSpeechTracker(rules);
  const spans: Span[] = [];
  let before = false;
  for (const frame of speech) {
    tracker.push(frame);
    if (before && !tracker.speaking) spans.push({ start: tracker.startFrame, end: tracker.endFrame });
    before = tracker.speaking;
  }
  if (before) spans.push({ start: tracker.startFrame, end: tracker.endFrame });
  return spans;
}

function cutLong({ start, end }: Span, longest: number, speech: readonly boolean[]): Span[] {
  const parts: Span[] = [];
  let from = start;
  while (end - from > longest) {
    const cut = middleOfLongestPause(speech, from + Math.ceil(longest / 2), from + longest);
    parts.push({ start: from, end: cut });
    from = cut;
  }
  return [...parts, { start: from, end }];
}

/** In frames [from, to); `to` when all of them are speech. */
function middleOfLongestPause(speech: readonly boolean[], from: number, to: number): number {
  let best: Span = { start: to, end: to };
  let start = from;
  for (let frame = from; frame <= to; frame++) {
    if (frame < to && !speech[frame]) continue;
    if (frame - start > best.end - best.start) best = { start, end: frame };
    start = frame + 1;
  }
  return Math.max(from, (best.start + best.end + 1) >> 1);
}
