import type { DatasetFilter } from '../../shared/datasetFacts.ts';
import type { Utterance } from '../manifest.ts';
import { speechRate, wordsOf } from './datasetStatistics.ts';
import type { RecordingLevel } from './recordingLevels.ts';

/** What a filter looks at beside the utterance. */
export interface FilterFacts {
  /** Of the sample of recordings that was heard. */
  levels: ReadonlyMap<Utterance, RecordingLevel>;
  /** Words of the first manifest; collected when they are asked for. */
  knownWords(): ReadonlySet<string>;
}

/** A test of utterances for a filter. */
export function createFilter(filter: DatasetFilter, facts: FilterFacts): (utterance: Utterance) => boolean {
  switch (filter.by) {
    case 'duration':
      return ({ durationSec }) => within(durationSec, filter);
    case 'speechRate':
      return (utterance) => within(speechRate(utterance), filter);
    case 'level':
      return (utterance) => within(facts.levels.get(utterance)?.rmsDb, filter);
    case 'speaker':
      return ({ speaker }) => speaker === filter.value;
    case 'character':
      return ({ text }) => text.normalize('NFC').includes(filter.value);
    case 'word':
      // Taking texts apart is what takes time.
      return ({ text }) => text.normalize('NFC').includes(filter.value) && wordsOf(text).includes(filter.value);
    case 'encoding':
      return (utterance) => facts.levels.get(utterance)?.format === filter.value;
    case 'unknownWords': {
      const known = facts.knownWords();
      return ({ text }) => wordsOf(text).some((word) => !known.has(word));
    }
  }
}

const within = (value: number | undefined, { from, to }: { from?: number; to?: number }): boolean =>
  value !== undefined && (from === undefined || value >= from) && (to === undefined || value < to);
