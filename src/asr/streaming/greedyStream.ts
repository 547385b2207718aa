import type { GreedyDecoding } from '../ctcGreedy.ts';

/** Best-path CTC decoding of a stream; what was pushed never changes, but for the end of a token that goes on. */
export interface GreedyStream {
  /** Natural logarithms of the next frames, [frames, vocabulary]. */
  push(logProbabilities: Float32Array): void;
  /** The decoding as it would be with these frames too, which are not kept. */
  preview(logProbabilities: Float32Array): GreedyDecoding;
  /** Since the last cut; frames count from the start of the stream. */
  readonly decoding: Readonly<GreedyDecoding>;
  /** Frames pushed so far. */
  readonly frames: number;
  /** One past the last frame that was no blank; 0 before the first. */
  readonly lastTokenEnd: number;
  /** Ends a segment: gives its decoding and begins the next. A token that is still going on stays in the one it began in. */
  cut(): GreedyDecoding;
}

/** Equal to `decodeGreedy` of all frames at once, whatever the pieces they come in. */
export function createGreedyStream(vocabularySize: number): GreedyStream {
  let decoding = emptyDecoding();
  let frames = 0;
  let previous = 0;
  let lastTokenEnd = 0;
  return {
    push(logProbabilities) {
      const before = decoding.endFrames.at(-1);
      previous = extend(decoding, logProbabilities, { vocabularySize, frame: frames, previous });
      frames += logProbabilities.length / vocabularySize;
      const after = decoding.endFrames.at(-1);
      if (after !== undefined && after !== before) lastTokenEnd = after;
    },
    preview(logProbabilities) {
      const { tokens, frames: starts, endFrames, confidence } = decoding;
      const copy = { tokens: [...tokens], frames: [...starts], endFrames: [...endFrames], confidence: [...confidence] };
      extend(copy, logProbabilities, { vocabularySize, frame: frames, previous });
      return copy;
    },
    get decoding() {
      return decoding;
    },
    get frames() {
      return frames;
    },
    get lastTokenEnd() {
      return lastTokenEnd;
    },
    cut() {
      const done = decoding;
      decoding = emptyDecoding();
      return done;
    },
  };
}

/** Adds frames from `frame` on; returns the token of the last. */
function extend(
  decoding: GreedyDecoding,
  logProbabilities: Float32Array,
  { vocabularySize, frame, previous }: { vocabularySize: number; frame: number; previous: number },
): number {
  let before = previous;
  for (let row = 0, at = frame; row + vocabularySize <= logProbabilities.length; row += vocabularySize, at++) {
    const { token, value } = likeliest(logProbabilities, row, vocabularySize);
    if (token !== 0)
      addToken(decoding, { token, frame: at, posterior: Math.min(1, Math.exp(value)) }, token === before);
    before = token;
  }
  return before;
}

const emptyDecoding = (): GreedyDecoding => ({ tokens: [], frames: [], endFrames: [], confidence: [] });

/** The first of equals, as in `decodeGreedy`. */
function likeliest(values: Float32Array, row: number, size: number): { token: number; value: number } {
  let token = 0;
  let value = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < size; i++) {
    if (values[row + i]! <= value) continue;
    value = values[row + i]!;
    token = i;
  }
  return { token, value };
}

function addToken(
  decoding: GreedyDecoding,
  { token, frame, posterior }: { token: number; frame: number; posterior: number },
  goesOn: boolean,
): void {
  const last = decoding.tokens.length - 1;
  if (!goesOn) {
    decoding.tokens.push(token);
    decoding.frames.push(frame);
    decoding.endFrames.push(frame + 1);
    decoding.confidence.push(posterior);
  } else if (last >= 0) {
    decoding.endFrames[last] = frame + 1;
    decoding.confidence[last] = Math.max(decoding.confidence[last]!, posterior);
  }
}
