import { defaultSegmentRules, findSpeechSegments, type SegmentRules, type SpeechSegment } from './speechSegments.ts';

/** Finds the segments of a recording while its decisions come; it holds no more than what follows the last long pause. */
export interface SpeechStream {
  /** The detector's decision for the next frame; returns segments that are final. */
  push(speech: boolean): SpeechSegment[];
  /** Those that are left. */
  end(): SpeechSegment[];
}

/**
 * Together they are the segments that `findSpeechSegments` finds in all decisions at once. Once a pause is so long that
 * what lies before it can no longer touch what comes, the segments before it are settled.
 */
export function createSpeechStream(rules: SegmentRules = defaultSegmentRules): SpeechStream {
  const { frameSec, windowSec, paddingSec, minSilenceSec } = rules;
  // On either side of the cut a window and the padding find room in the pause.
  const half = Math.ceil((windowSec + paddingSec + minSilenceSec) / frameSec) + 1;
  let decisions: boolean[] = [];
  let firstFrame = 0;
  let pause = 0;
  let heard = false;
  const settle = (count: number): SpeechSegment[] => {
    const found = heard ? findSpeechSegments(decisions.slice(0, count), rules) : [];
    const shifted = found.map(({ startSec, endSec }) => ({
      startSec: startSec + firstFrame * frameSec,
      endSec: endSec + firstFrame * frameSec,
    }));
    decisions = decisions.slice(count);
    firstFrame += count;
    heard = false;
    return shifted;
  };
  return {
    push(speech) {
      decisions.push(speech);
      pause = speech ? 0 : pause + 1;
      heard ||= speech;
      return pause >= 2 * half && decisions.length > half ? settle(decisions.length - half) : [];
    },
    end: () => settle(decisions.length),
  };
}
