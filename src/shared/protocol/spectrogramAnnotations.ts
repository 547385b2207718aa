import type { Problem } from '../problem.ts';
import type { ParameterChecks } from './channel.ts';
import {
  arrayOf,
  type Check,
  isBoolean,
  isInteger,
  isNumber,
  isString,
  object,
  oneOf,
  optional,
  parameters,
} from './check.ts';

/** What a view may ask about the labels and transcripts of its recording. */
export interface AnnotationsHost {
  /** First call of a view. */
  annotations(): Promise<AnnotationSet>;
  /**
   * Applied, or refused with the reason as a UserError; the new set comes by `annotationsChanged`, to all views of the
   * recording. Undo and redo are the workbench's.
   */
  editAnnotations(edit: AnnotationEdit): Promise<void>;
  /** Opens the file an item came from and selects its text there. */
  showInText(tier: string, item: number): void;
  /** Lets the user choose a manifest of the workspace and adds a line for a stretch, as an edit that can be undone. */
  addToManifest(startSec: number, endSec: number, text: string): Promise<void>;
}

/** What views are told about the labels and transcripts of their recording. */
export interface AnnotationsView {
  annotationsChanged(set: AnnotationSet): void;
  /** A text editor's cursor is on this item. */
  annotationPointedAt(tier: string, item: number): void;
}

/** All that is known and marked in a recording. */
export interface AnnotationSet {
  /** Counts up with every change. */
  version: number;
  tiers: AnnotationTier[];
  /** There are edits that no file holds yet. */
  dirty: boolean;
  /** Oddities of the files: a torn line, a file that changed underneath. */
  problems: Problem[];
}

/** A row of labels that came from, and is saved to, one file. */
export interface AnnotationTier {
  /** Unique in its recording; stable across edits and saves. */
  id: string;
  /** The tier's name in its file, or the file's name. */
  name: string;
  /** What somebody said are the right words, or anything else somebody marked. */
  role: 'reference' | 'labels';
  kind: TierKind;
  /** Name of its file, without folder; '' for a tier that is not saved yet. */
  file: string;
  format: AnnotationFormat;
  /** What can be changed without losing something that the file's format cannot hold. */
  can: { text: boolean; times: boolean; items: boolean };
  /** Ordered by start. */
  items: AnnotationItem[];
}

export const tierKinds = ['interval', 'point'] as const;
export type TierKind = (typeof tierKinds)[number];

export const annotationFormats = [
  'manifest',
  'transcripts',
  'table',
  'kaldi',
  'textGrid',
  'ctm',
  'audacity',
  'text',
  'new',
] as const;
/** `text` is one transcript in a file of its own; `new` is not saved yet. */
export type AnnotationFormat = (typeof annotationFormats)[number];

export interface AnnotationItem {
  /** Unique in its tier; stable across edits. */
  id: number;
  startSec: number;
  /** The start, for points. */
  endSec: number;
  text: string;
  /** 0 to 1. */
  confidence?: number;
}

export type AnnotationEdit =
  /** Tier '' is the tier of labels, which is made when there is none. */
  | { edit: 'add'; tier: string; startSec: number; endSec: number; text: string }
  | { edit: 'move'; tier: string; item: number; startSec: number; endSec: number }
  /** The end of an item and the start of the next one, which touches it, as one edit. */
  | { edit: 'moveBoundary'; tier: string; item: number; atSec: number }
  /** The text is divided at the word boundary nearest to the share of time. */
  | { edit: 'split'; tier: string; item: number; atSec: number }
  /** With the next one. */
  | { edit: 'merge'; tier: string; item: number }
  | { edit: 'rename'; tier: string; item: number; text: string }
  | { edit: 'delete'; tier: string; item: number }
  | { edit: 'addTier'; name: string; kind: TierKind }
  | { edit: 'renameTier'; tier: string; name: string }
  | { edit: 'deleteTier'; tier: string };

type EditChecks = {
  [E in AnnotationEdit as E['edit']]: { [K in Exclude<keyof E, 'edit'>]: Check<E[K]> };
};

const editChecks: EditChecks = {
  add: { tier: isString, startSec: isNumber, endSec: isNumber, text: isString },
  move: { tier: isString, item: isInteger, startSec: isNumber, endSec: isNumber },
  moveBoundary: { tier: isString, item: isInteger, atSec: isNumber },
  split: { tier: isString, item: isInteger, atSec: isNumber },
  merge: { tier: isString, item: isInteger },
  rename: { tier: isString, item: isInteger, text: isString },
  delete: { tier: isString, item: isInteger },
  addTier: { name: isString, kind: oneOf(...tierKinds) },
  renameTier: { tier: isString, name: isString },
  deleteTier: { tier: isString },
};

export const isAnnotationEdit: Check<AnnotationEdit> = (value): value is AnnotationEdit => {
  const { edit } = (value ?? {}) as { edit?: unknown };
  if (typeof edit !== 'string' || !Object.hasOwn(editChecks, edit)) return false;
  return object<Record<string, unknown>>(editChecks[edit as keyof EditChecks])(value);
};

const isProblem: Check<Problem> = (value): value is Problem =>
  object({ code: isString, severity: oneOf('error', 'warning', 'info'), message: isString })(value);

const isItem: Check<AnnotationItem> = object({
  id: isInteger,
  startSec: isNumber,
  endSec: isNumber,
  text: isString,
  confidence: optional(isNumber),
});

const isTier: Check<AnnotationTier> = object({
  id: isString,
  name: isString,
  role: oneOf('reference', 'labels'),
  kind: oneOf(...tierKinds),
  file: isString,
  format: oneOf(...annotationFormats),
  can: object({ text: isBoolean, times: isBoolean, items: isBoolean }),
  items: arrayOf(isItem),
});

export const isAnnotationSet: Check<AnnotationSet> = object({
  version: isInteger,
  tiers: arrayOf(isTier),
  dirty: isBoolean,
  problems: arrayOf(isProblem),
});

export const annotationsHostChecks: ParameterChecks<AnnotationsHost> = {
  annotations: parameters(),
  editAnnotations: parameters(isAnnotationEdit),
  showInText: parameters(isString, isInteger),
  addToManifest: parameters(isNumber, isNumber, isString),
};

export const annotationsViewChecks: ParameterChecks<AnnotationsView> = {
  annotationsChanged: parameters(isAnnotationSet),
  annotationPointedAt: parameters(isString, isInteger),
};
