/** Where speech begins and ends, from one decision per frame. */
export interface SpeechRules {
  frameSec: number;
  /** Frames looked at together. */
  windowSec: number;
  /** Speech begins when this share of the window is speech … */
  onsetRatio: number;
  /** … and is over when no more than this share is: less, so that the state does not flicker. */
  offsetRatio: number;
}

export const defaultSpeechRules: SpeechRules = { frameSec: 0.03, windowSec: 0.3, onsetRatio: 0.4, offsetRatio: 0.1 };

export interface SpeechTracker {
  push(speech: boolean): void;
  /** Frames pushed so far. */
  readonly frames: number;
  readonly speaking: boolean;
  /** First frame of the stretch of speech that goes on or was the last; −1 before the first. */
  readonly startFrame: number;
  /** One past the last frame of speech in it. */
  readonly endFrame: number;
}

/** Longer gaps before an onset part it from what was speech earlier in the window: often a click, or the detector's own start. */
const longestGapSec = 0.1;

/** Follows a stream with hysteresis; an onset is dated back to where its speech began within the window. */
export function createSpeechTracker(rules: SpeechRules = defaultSpeechRules): SpeechTracker {
  const size = Math.max(1, Math.round(rules.windowSec / rules.frameSec));
  const window: boolean[] = [];
  let speechInWindow = 0;
  let frames = 0;
  let speaking = false;
  let startFrame = -1;
  let endFrame = -1;
  return {
    push(speech) {
      window.push(speech);
      if (speech) speechInWindow++;
      if (window.length > size && window.shift()) speechInWindow--;
      frames++;
      if (!speaking && speechInWindow >= rules.onsetRatio * size) {
        speaking = true;
        // What ended within this very window goes on.
        startFrame = Math.max(endFrame, frames - window.length + beginOf(window, longestGapSec / rules.frameSec));
      }
      if (speaking && speech) endFrame = frames;
      if (speaking && speechInWindow <= rules.offsetRatio * size) speaking = false;
    },
    get frames() {
      return frames;
    },
    get speaking() {
      return speaking;
    },
    get startFrame() {
      return startFrame;
    },
    get endFrame() {
      return endFrame;
    },
  };
}

/** First frame of the last speech in the window that no gap of more than `longestGap` frames interrupts. */
function beginOf(window: readonly boolean[], longestGap: number): number {
  let begin = window.length;
  for (let frame = window.length - 1; frame >= 0; frame--) {
    if (!window[frame]) continue;
    if (begin < window.length && begin - frame - 1 > longestGap) break;
    begin = frame;
  }
  return begin;
}
