import type { Problem } from '../problem.ts';

/** What `asr stream --events` writes, one JSON object per line. Times in seconds of the recording's audio. */
export type StreamEvent =
  | StreamOpened
  | { event: 'file'; index: number; files: number; audioFilepath: string; durationSec: number }
  | { event: 'chunk'; heardSec: number; computeMs: number; speech: boolean }
  | StreamText
  | ({ event: 'fileEnd' } & StreamedFile)
  | ({ event: 'summary' } & StreamSummary)
  | { event: 'problem'; problem: Problem };

export interface StreamOpened {
  event: 'model';
  model: string;
  /** `segmented` is no streaming: each chunk is decoded again with what is around it. */
  mode: StreamMode;
  chunkMs: number;
  /** What is really waited for. */
  lookAheadMs: number;
  silenceMs: number;
  /** 1 is real time, 0 as fast as possible. */
  speed: number;
}

export type StreamMode = 'streaming' | 'segmented';

export interface StreamText {
  event: 'partial' | 'final';
  text: string;
  /** So many characters will not change. */
  settledLength: number;
  words: StreamedWord[];
  startSec: number;
  endSec: number;
  /** Audio heard when it was known. */
  heardSec: number;
  /** Computing of the chunk that it came with. */
  computeMs: number;
}

export interface StreamedWord {
  text: string;
  startSec: number;
  endSec: number;
  confidence: number;
}

/** A word of the result at once (`offline`), of the stream, or of both. */
export interface StreamDifference {
  kind: 'match' | 'substitution' | 'deletion' | 'insertion';
  offline?: string;
  streamed?: string;
  startSec: number;
  endSec: number;
  /** The edge of a chunk at a word that differs. */
  edgeSec?: number;
}

export interface StreamedFile {
  audioFilepath: string;
  durationSec: number;
  text: string;
  offline: string;
  words: StreamDifference[];
  /** Words of the result at once that the stream has not, or has otherwise, where a chunk ended. */
  lostAtEdges: number;
  /** Where the voice detector hears speech begin; null where it hears none. */
  onsetSec: number | null;
  /** From there to the first text, computing included; null where there is no text or no speech. */
  firstPartialMs: number | null;
  partials: Omit<StreamText, 'event' | 'words'>[];
  finals: Omit<StreamText, 'event'>[];
  /** Normalised, where a manifest gives one. */
  reference?: string;
}

export interface Distribution {
  p50: number;
  p95: number;
  max: number;
}

export interface StreamSummary {
  files: number;
  audioSec: number;
  chunks: number;
  /** Of one chunk, in milliseconds; null without any. */
  computeMs: Distribution | null;
  /** Computing over audio. */
  realTimeFactor: number;
  firstPartialMs: Distribution | null;
  offlineWords: number;
  /** Of them the stream has not, or has otherwise. */
  lostWords: number;
  lostAtEdges: number;
  /** With the result at once as the reference. */
  werAgainstOffline: number;
  /** Against the manifest's transcripts, of both. */
  wer?: number;
  offlineWer?: number;
}

const names = new Set<unknown>(['model', 'file', 'chunk', 'partial', 'final', 'fileEnd', 'summary', 'problem']);

/** Undefined for a line that is none; lines of our own engine need no closer look. */
export function parseStreamEvent(line: string): StreamEvent | undefined {
  try {
    const read: unknown = JSON.parse(line);
    const isEvent = typeof read === 'object' && read !== null && 'event' in read && names.has(read.event);
    return isEvent ? (read as StreamEvent) : undefined;
  } catch {
    return undefined;
  }
}
