import type { Tier } from '../../../../asr/annotations/tiers/annotationDocument.ts';
import {
  arrayOf,
  type Check,
  either,
  isInteger,
  isNumber,
  isString,
  object,
  oneOf,
  optional,
} from '../../../../shared/protocol/check.ts';
import type { AnnotationState, KnownFile, KnownTier } from './annotationState.ts';

/** Edits that no file holds yet, with all that saving them needs, as JSON. */
export interface AnnotationBackup {
  version: 1;
  durationSec: number;
  /** Those that were not edited are only named: they are as their file had them. */
  tiers: (Tier | { id: string })[];
  known: { id: string; known: KnownTier }[];
  files: { file: string; known: KnownFile }[];
  nextTier: number;
}

export function backupOf({ document, known, files, nextTier }: AnnotationState): AnnotationBackup {
  return {
    version: 1,
    durationSec: document.durationSec,
    tiers: document.tiers.map((tier) => (tier === known.get(tier.id)?.base ? { id: tier.id } : tier)),
    known: [...known].map(([id, one]) => ({ id, known: one.format === 'textGrid' ? { ...one, items: [] } : one })),
    files: [...files].map(([file, one]) => ({ file, known: one })),
    nextTier,
  };
}

/** The state that was backed up; undefined where another version wrote it. */
export function restoreBackup(data: unknown): AnnotationState | undefined {
  if (!isBackup(data)) return undefined;
  const { durationSec, tiers, known, files, nextTier } = data;
  for (const { known: one } of known) if (one.format === 'textGrid') one.items = [...(one.base?.items ?? [])];
  const bases = new Map(known.map((one) => [one.id, one.known.base]));
  return {
    version: 1,
    document: {
      durationSec,
      // Edits are told by identity: what was not edited is its base itself.
      tiers: tiers.flatMap((tier) => ('items' in tier ? tier : (bases.get(tier.id) ?? []))),
    },
    known: new Map(known.map((one) => [one.id, one.known])),
    files: new Map(files.map((one) => [one.file, one.known])),
    nextTier,
  };
}

const isTier = object({ id: isString, name: isString, items: Array.isArray as Check<unknown[]> });
const isKnown = object({
  file: isString,
  format: isString,
  base: optional(isTier),
  items: Array.isArray as Check<unknown[]>,
});

const isBackup = object({
  ...{
    version: oneOf(1),
    durationSec: isNumber,
    nextTier: isInteger,
    tiers: arrayOf(either(isTier, object({ id: isString }))),
  },
  known: arrayOf(object({ id: isString, known: isKnown })),
  files: arrayOf(object({ file: isString, known: object({ format: isString }) })),
}) as Check<unknown> as Check<AnnotationBackup>;
