import type { LineFormatName } from '../../../../asr/annotations/sources/lineFormats.ts';
import type { SavedItem } from '../../../../asr/annotations/sources/saveLines.ts';
import type { AnnotationSource, SourceItem } from '../../../../asr/annotations/sources/source.ts';
import type { ParameterChecks } from '../../../../shared/protocol/channel.ts';
import {
  arrayOf,
  type Check,
  isBoolean,
  isNumber,
  isString,
  object,
  optional,
  parameters,
} from '../../../../shared/protocol/check.ts';

/** What the extension may ask of the thread that reads and writes labels and transcripts. */
export interface AnnotationsWorker {
  /** What the files beside a recording say of it. */
  beside(recording: RecordingPlace): Promise<AnnotationSource[]>;
  /** What lists of recordings say of it: these, and those in its folder and the one above. */
  listed(recording: RecordingPlace, files: string[]): Promise<AnnotationSource[]>;
  /** What one file says of it now; undefined where it says nothing, or is gone. */
  read(recording: RecordingPlace, file: string): Promise<AnnotationSource | undefined>;
  save(request: SaveRequest): Promise<SaveOutcome>;
}

export interface RecordingPlace {
  /** Path. */
  file: string;
  durationSec: number;
}

/** How the items of one file are to be saved. */
export interface SaveRequest {
  recording: RecordingPlace;
  file: string;
  format: LineFormatName | 'textGrid' | 'text';
  tiers: TierToSave[];
  /** The text that was read, of a file that is one transcript. */
  read?: string;
  /** What somebody else changed meanwhile is given up. */
  overwrite: boolean;
  /** The text of an editor that is not saved: the new text is answered, and nothing is written. */
  open?: string;
}

export interface TierToSave {
  name: string;
  kind: 'interval' | 'point';
  changed: boolean;
  /** As it was read; none where the file does not have the tier yet. */
  before?: { key: string; items: SourceItem[] };
  /** None where the tier was deleted. */
  after?: SavedItem[];
}

export type SaveOutcome =
  /** Of each tier its key, and its items where they now stand in lines of the file. */
  | { saved: ({ key: string; items?: SourceItem[] } | undefined)[]; text?: string; stamp?: string }
  | { conflict: string };

const isPlace: Check<RecordingPlace> = object({ file: isString, durationSec: isNumber });
/** Both ends are of one build; what matters is that a message is one. */
const isTiers = arrayOf(object({ name: isString, kind: isString, changed: isBoolean })) as Check<unknown> as Check<
  TierToSave[]
>;

export const annotationsWorkerChecks: ParameterChecks<AnnotationsWorker> = {
  beside: parameters(isPlace),
  listed: parameters(isPlace, arrayOf(isString)),
  read: parameters(isPlace, isString),
  save: parameters(
    object({
      ...{ recording: isPlace, file: isString, format: isString as Check<SaveRequest['format']>, tiers: isTiers },
      ...{ read: optional(isString), overwrite: isBoolean, open: optional(isString) },
    }),
  ),
};
