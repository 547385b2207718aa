import type { Word } from '../../asr/words.ts';

/** What is known of the speech since the last final, or, of a final, all of it: it never changes again. */
export interface StreamResult {
  kind: 'partial' | 'final';
  text: string;
  /** With times from the start of the stream. */
  words: Word[];
  /** Begin and end of the words; both the time heard so far where there is none. */
  startSec: number;
  endSec: number;
  /** Time of the audio that had been pushed when this was found. */
  heardSec: number;
  /** Computing since the previous result. */
  computeMs: number;
}

/** One stream of samples, heard as it comes. Calls are worked off in order. */
export interface StreamSession {
  /** Mono samples at the model's rate, as many as there are. */
  push(samples: Float32Array): Promise<StreamResult[]>;
  /** The audio has ended: what is left becomes final. The session is spent. */
  finish(): Promise<StreamResult[]>;
  /** The model stays open for other sessions. */
  dispose(): Promise<void>;
}
