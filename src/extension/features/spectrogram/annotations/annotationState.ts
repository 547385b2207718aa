import { basename, dirname } from 'node:path';
import type { AnnotationSource, SourceItem } from '../../../../asr/annotations/sources/source.ts';
import type { AnnotationDocument, Tier } from '../../../../asr/annotations/tiers/annotationDocument.ts';
import type { Problem } from '../../../../shared/problem.ts';
import type { AnnotationSet, AnnotationTier } from '../../../../shared/protocol/spectrogramAnnotations.ts';

export type SourceFormat = AnnotationSource['format'];

/** The labels of one recording and the files they come from. */
export interface AnnotationState {
  /** Counts changes. */
  version: number;
  document: AnnotationDocument;
  /** By id of the tier; those of tiers that are not there now stay. */
  known: Map<string, KnownTier>;
  /** By path. */
  files: Map<string, KnownFile>;
  nextTier: number;
}

/** Which file a tier is in, and what that said when it was read. */
export interface KnownTier {
  file: string;
  format: SourceFormat;
  /** None until the file has the tier. */
  key?: string;
  base?: Tier;
  /** The items of the base, in its order. */
  items: SourceItem[];
}

export interface KnownFile {
  format: SourceFormat;
  /** The whole text that was read, of a file that is one transcript. */
  read?: string;
  stamp?: string;
  problems: Problem[];
  /** Tiers that were edited here have changed there. */
  torn?: true;
}

export function emptyState(durationSec: number): AnnotationState {
  return { version: 0, document: { durationSec, tiers: [] }, known: new Map(), files: new Map(), nextTier: 1 };
}

export function tierById({ document }: AnnotationState, id: string): Tier | undefined {
  return document.tiers.find((tier) => tier.id === id);
}

export function tiersIn({ known }: AnnotationState, file: string): [id: string, KnownTier][] {
  return [...known].filter(([, tier]) => tier.file === file);
}

export const isEdited = (state: AnnotationState, [id, { base }]: [string, KnownTier]) => tierById(state, id) !== base;

/** Files with edits that they do not hold yet. */
export function editedFiles(state: AnnotationState): string[] {
  const edited = [...state.known].filter((one) => isEdited(state, one));
  return [...new Set(edited.map(([, { file }]) => file))];
}

/** Rows that say what is said come first. */
const ranks: SourceFormat[] = ['manifest', 'transcripts', 'table', 'kaldi', 'text', 'ctm', 'textGrid', 'audacity'];

/** Puts a tier in the place of the one with its id, or where tiers of its format are; without a tier the old one goes. */
export function putTier(state: AnnotationState, id: string, tier: Tier | undefined): void {
  const { tiers, durationSec } = state.document;
  const before = tierById(state, id);
  const rank = (one: string) => ranks.indexOf(state.known.get(one)?.format ?? 'textGrid');
  const place = before ? tiers.indexOf(before) : tiers.findIndex((other) => rank(other.id) > rank(id));
  const next = tiers.toSpliced(place < 0 ? tiers.length : place, before ? 1 : 0, ...(tier ? [tier] : []));
  const last = tier?.items.reduce((end, item) => Math.max(end, item.endSec), 0) ?? 0;
  // Files round: what they say may end a little later than the recording.
  state.document = { durationSec: Math.max(durationSec, last), tiers: next };
}

/** The recording has another length now; labels that end later stay. */
export function fitDuration(state: AnnotationState, durationSec: number): void {
  const ends = state.document.tiers.map(({ items }) => items.at(-1)?.endSec ?? 0);
  state.document = { ...state.document, durationSec: Math.max(durationSec, ...ends) };
}

/** Gives up the edits of one file, or of all. */
export function discardEdits(state: AnnotationState, file?: string): void {
  state.version++;
  for (const one of [...state.known])
    if ((file === undefined || one[1].file === file) && isEdited(state, one)) putTier(state, one[0], one[1].base);
}

/** What views are told. */
export function annotationSet(state: AnnotationState): AnnotationSet {
  const problems = [...state.files].flatMap(([file, known]) => [
    ...known.problems,
    ...(known.torn ? [tornProblem(file)] : []),
  ]);
  const tiers = state.document.tiers.map((tier) => shown(tier, state.known.get(tier.id)));
  tellApart(state, tiers);
  return { version: state.version, dirty: editedFiles(state).length > 0, tiers, problems };
}

function shown({ id, name, role, kind, can, items }: Tier, known: KnownTier | undefined): AnnotationTier {
  const saved = known?.key !== undefined;
  const file = known && (saved || known.format === 'manifest') ? basename(known.file) : '';
  return { id, name, role, kind, can, file, format: saved ? known.format : 'new', items: [...items] };
}

/** Rows that have the name of their file: lists of one name in several folders are told apart by those. */
function tellApart({ known }: AnnotationState, tiers: AnnotationTier[]): void {
  const files = new Map<string, Set<string>>();
  const fileOf = (id: string) => known.get(id)?.file ?? '';
  for (const { id, name } of tiers) files.set(name, (files.get(name) ?? new Set()).add(fileOf(id)));
  for (const tier of tiers)
    if (tier.name.startsWith(basename(fileOf(tier.id))) && files.get(tier.name)!.size > 1)
      tier.name = `${basename(dirname(fileOf(tier.id)))}/${tier.name}`;
}

function tornProblem(file: string): Problem {
  const message = 'has changed on disk since labels of it were edited here; saving asks which to keep';
  return { code: 'annotations-changed', severity: 'warning', message: `${basename(file)} ${message}`, file };
}
