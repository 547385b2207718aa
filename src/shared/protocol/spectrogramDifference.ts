import type { ParameterChecks } from './channel.ts';
import { parameters } from './check.ts';

/** What a view asks about the recording it is linked with. */
export interface DifferenceHost {
  /** Every sample of both is read. Undefined where the view is linked with no other recording, or with several. */
  difference(): Promise<RecordingDifference | undefined>;
}

/** How a recording differs from another; `before` is the other one's. */
export interface RecordingDifference {
  other: string;
  /** Whether both are one file at different times; the other may be the earlier or the later one. */
  version: 'earlier' | 'later' | 'none';
  before: RecordingFigures;
  now: RecordingFigures;
  samples: SampleDifference;
}

export interface RecordingFigures {
  container: string;
  encoding: string;
  sampleRateHz: number;
  channels: number;
  /** Samples per channel. */
  samples: number;
  durationSec: number;
  sizeBytes: number;
  /** Largest absolute sample, and the root mean square of all. */
  peak: number;
  rms: number;
}

export type SampleDifference =
  /** Other rates or numbers of channels: no sample has a counterpart. */
  | { kind: 'incomparable' }
  | { kind: 'same' }
  | {
      kind: 'different';
      /** Times of the first and the last sample that is another one, or is in one recording only. */
      firstSec: number;
      lastSec: number;
      /** Share of the longer recording, 0 to 1. */
      share: number;
      /** Largest absolute difference of samples that both have. */
      largest: number;
    };

export const differenceHostChecks: ParameterChecks<DifferenceHost> = { difference: parameters() };
