/** Pieces of a clip laid out on the audio clock: when each begins, and which sample is heard when. */
export interface PlayTimeline {
  /** When the clock reaches the end of what has been laid out; 0 before the first piece. */
  readonly endSec: number;
  /** Lays the next piece down and returns when it begins. */
  append(piece: PlayedPiece, clockSec: number): number;
  /** The sample heard at a time of the clock, in parts of a sample; undefined before the first piece is laid. */
  sampleAt(clockSec: number): number | undefined;
}

export interface PlayedPiece {
  /** Of the clip, in parts of a sample. */
  startSample: number;
  sampleCount: number;
  /** Samples that are played for them: fewer at a higher speed. */
  playedSamples: number;
}

/** Time between laying the first piece down and hearing it, so that its beginning is not cut. */
const leadSec = 0.02;
const keptPieces = 32;

/**
 * Pieces follow each other to the sample. One that comes late begins a little after now: a gap in the sound, never a
 * drift between sound and picture.
 */
export function createPlayTimeline(sampleRateHz: number): PlayTimeline {
  let pieces: (PlayedPiece & { atSec: number; endSec: number })[] = [];
  const endSec = () => pieces.at(-1)?.endSec ?? 0;
  return {
    get endSec() {
      return endSec();
    },
    append(piece, clockSec) {
      const follows = endSec() > clockSec;
      const atSec = follows ? endSec() : Math.ceil((clockSec + leadSec) * sampleRateHz) / sampleRateHz;
      pieces.push({ ...piece, atSec, endSec: atSec + piece.playedSamples / sampleRateHz });
      pieces = pieces.slice(-keptPieces);
      return atSec;
    },
    sampleAt(clockSec) {
      const piece = pieces.findLast(({ atSec }) => atSec <= clockSec) ?? pieces[0];
      if (!piece) return undefined;
      const share = ((clockSec - piece.atSec) * sampleRateHz) / Math.max(1, piece.playedSamples);
      return piece.startSample + Math.max(0, Math.min(1, share)) * piece.sampleCount;
    },
  };
}
