import { type Check, either, isNumber, isString, object, oneOf, optional } from './protocol/check.ts';

/** Counts of values in bins of equal width; the last bin also takes everything above it. */
export interface Histogram {
  /** Lower end of the first bin. */
  from: number;
  width: number;
  counts: number[];
  /** Values above the last bin's upper end, which it counts. */
  above: number;
}

export interface Counted {
  name: string;
  count: number;
}

export interface SpeakerShare {
  name: string;
  utterances: number;
  durationSec: number;
}

/** Of one manifest. Lengths are what its lines say, or what was measured where they say nothing. */
export interface DatasetStatistics {
  name: string;
  utterances: number;
  excluded: number;
  problems: number;
  durationSec: number;
  /** Utterances whose length is not known; they are in no sum of seconds. */
  unmeasured: number;
  speakers: number;
  withoutSpeaker: number;
  /** By their audio, most first; where no length is known, by their utterances. */
  topSpeakers: SpeakerShare[];
  /** Seconds. */
  durations: Histogram;
  /** Characters of the transcript per second of audio. */
  speechRates: Histogram;
  /** Characters of the transcripts, most frequent first; those of the space between words too. */
  alphabet: Counted[];
  /** Running words. */
  words: number;
  distinctWords: number;
  /** Words that occur one time only. */
  wordsOnce: number;
  topWords: Counted[];
  /** Against the first manifest; absent for that one. */
  outOfVocabulary?: OutOfVocabulary;
}

export interface OutOfVocabulary {
  /** Running words that the first manifest never has. */
  words: number;
  distinct: number;
  most: Counted[];
}

/** Levels of a part of the recordings, which stands for all. */
export interface LevelStatistics {
  /** Recordings that were asked for, heard, and could not be read. */
  sampled: number;
  heard: number;
  unreadable: number;
  /** Decibels of full scale, root mean square of each recording. */
  rmsDb: Histogram;
  clipped: number;
  quiet: number;
  formats: { name: string; count: number }[];
}

/** Which utterances a drawing or a row stands for. An end that is absent is open. */
export type DatasetFilter =
  | { by: 'duration' | 'speechRate' | 'level'; from?: number; to?: number }
  | { by: 'speaker' | 'character' | 'word' | 'encoding'; value: string }
  | { by: 'unknownWords' };

const isRange = object({
  by: oneOf('duration', 'speechRate', 'level'),
  from: optional(isNumber),
  to: optional(isNumber),
});
const isValue = object({ by: oneOf('speaker', 'character', 'word', 'encoding'), value: isString });
export const isDatasetFilter = either(
  either(isRange, isValue),
  object({ by: oneOf('unknownWords') }),
) as Check<DatasetFilter>;
