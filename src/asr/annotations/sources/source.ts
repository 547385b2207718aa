import type { Problem } from '../../../shared/problem.ts';
import type { AnnotationFormat } from '../../../shared/protocol/spectrogramAnnotations.ts';
import type { TextEncoding } from '../decodeText.ts';
import type { Tier } from '../tiers/annotationDocument.ts';

/** What one file says of a recording, and what saving needs to know of the file. */
export interface AnnotationSource {
  /** Path. */
  file: string;
  format: Exclude<AnnotationFormat, 'new'>;
  tiers: SourceTier[];
  problems: Problem[];
  /** The whole text, of a file that is one transcript. */
  text?: string;
  encoding?: TextEncoding;
  /** Tells whether the file is still the one that was read. */
  stamp?: string;
}

export interface SourceTier extends Pick<Tier, 'name' | 'role' | 'kind' | 'can' | 'texts' | 'named'> {
  /** Finds the tier again when the file is read again. */
  key: string;
  /** By start. */
  items: SourceItem[];
}

export interface ItemValues {
  startSec: number;
  endSec: number;
  text: string;
  confidence?: number;
}

export interface SourceItem extends ItemValues {
  /** Of formats that hold an item a line. */
  place?: LinePlace;
}

/** A line of a file, as it stands there, without its line break. */
export interface LinePlace {
  /** From 1; where it was, since the file may change meanwhile. */
  line: number;
  source: string;
  /** Where its text stands, from 1, in formats where the line alone does not tell. */
  column?: number;
  endColumn?: number;
  /** Of a table: its fields are quoted where they hold a separator. */
  quoted?: boolean;
}

/** What readers must know of the recording. */
export interface RecordingFacts {
  /** Name of its file without the extension. */
  stem: string;
  durationSec: number;
}

export const canAll = { text: true, times: true, items: true } as const;
export const canText = { text: true, times: false, items: false } as const;
export const canNothing = { text: false, times: false, items: false } as const;
