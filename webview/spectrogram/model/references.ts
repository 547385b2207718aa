import { splitWords } from '../../../src/asr/transcript.ts';
import {
  type AlignedReference,
  type AlignedUnit,
  longestInspectionSec,
  type ReferenceText,
} from '../../../src/shared/protocol/listen.ts';
import type { AnnotationSet, AnnotationTier } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import type { Stretch } from '../hand/selection.ts';

/** Tiers that say what is right. */
export const referenceTiers = (annotations: AnnotationSet | undefined): AnnotationTier[] =>
  (annotations?.tiers ?? []).filter(({ role, kind }) => role === 'reference' && kind === 'interval');

/** What hypotheses are compared with: the tier that was chosen, else the first. In the order of time, without empty items. */
export function referencesOf(annotations: AnnotationSet | undefined, chosen: string | undefined): ReferenceText[] {
  const tiers = referenceTiers(annotations);
  const tier = tiers.find(({ id }) => id === chosen) ?? tiers[0];
  return (tier?.items ?? [])
    .filter(({ text, startSec, endSec }) => text.trim() !== '' && endSec > startSec)
    .map(({ startSec, endSec, text }) => ({ startSec, endSec, text: text.trim() }))
    .sort((a, b) => a.startSec - b.startSec);
}

/** Neighbours farther apart than this are not one utterance. */
const apartSec = 1;
/** Alignment takes the product of both sides. */
const mostWords = 400;

/** References that follow closely, as one text: words at their edges may be heard on either side. */
export interface JoinedReference extends ReferenceText {
  members: ReferenceText[];
}

export function joinNeighbours(references: readonly ReferenceText[]): JoinedReference[] {
  const joined: (JoinedReference & { words: number })[] = [];
  for (const reference of references) {
    const { startSec, endSec, text } = reference;
    const words = splitWords(text).length;
    const last = joined.at(-1);
    if (last && startSec - last.endSec < apartSec && last.words + words <= mostWords) {
      last.text += ` ${text}`;
      last.endSec = Math.max(last.endSec, endSec);
      last.words += words;
      last.members.push(reference);
    } else joined.push({ startSec, endSec, text, words, members: [reference] });
  }
  return joined.map(({ words: _, ...rest }) => rest);
}

const edgeSec = 0.02;
export const liesIn = (inner: Stretch, outer: Stretch): boolean =>
  inner.startSec >= outer.startSec - edgeSec && inner.endSec <= outer.endSec + edgeSec;
export const touches = (one: Stretch, other: Stretch): boolean =>
  one.startSec < other.endSec && one.endSec > other.startSec;

export const isAligned = (one: AlignedReference): one is Extract<AlignedReference, { words: AlignedUnit[] }> =>
  'words' in one;

/** Tells one reference from another, and from what it was before an edit. */
export const referenceKey = ({ startSec, endSec, text }: ReferenceText): string => `${startSec} ${endSec} ${text}`;

/** What is to be aligned in a stretch: phrases each in their own time; words that have times already, together. */
export function referencesIn(references: readonly ReferenceText[], stretch: Stretch): ReferenceText[] {
  const near = references.filter((one) => touches(one, stretch));
  const words = near.reduce((sum, { text }) => sum + splitWords(text).length, 0);
  if (near.length < 2 || words >= 1.5 * near.length) return near;
  return joinNeighbours(near.filter((one) => liesIn(one, stretch))).map(({ members: _, ...rest }) => rest);
}

/** Such a detour for a whole phrase is worth it. */
const freeSec = 30;

/** The stretch with the whole of the references at its edges, unless that makes much more of it. */
export function wholeReferences(references: readonly ReferenceText[], stretch: Stretch): Stretch {
  let { startSec, endSec } = stretch;
  for (const one of references) {
    if (!touches(one, stretch)) continue;
    startSec = Math.min(startSec, one.startSec);
    endSec = Math.max(endSec, one.endSec);
  }
  const longest = Math.min(longestInspectionSec, Math.max(freeSec, 2 * (stretch.endSec - stretch.startSec)));
  return endSec - startSec <= longest ? { startSec, endSec } : { ...stretch };
}
