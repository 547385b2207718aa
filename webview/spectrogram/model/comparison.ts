import { alignTranscript, type TimedPair } from '../../../src/asr/alignTranscript.ts';
import { addErrors, type ErrorCounts, NO_ERRORS } from '../../../src/asr/errorRate.ts';
import { splitWords } from '../../../src/asr/transcript.ts';
import type { ReferenceText, TextCase } from '../../../src/shared/protocol/listen.ts';
import type { TranscribedWord } from '../../../src/shared/protocol/spectrogramModel.ts';
import type { Stretch } from '../hand/selection.ts';
import { type JoinedReference, joinNeighbours, liesIn, touches } from './references.ts';

/** A word that was heard, one that was not, or both. */
export interface ComparedWord extends Stretch {
  /** `plain` has nothing to be compared with. */
  kind: 'plain' | TimedPair['kind'];
  /** What was heard; empty for a deletion. */
  text: string;
  /** What should have been heard; empty for an insertion. */
  reference: string;
  confidence?: number;
}

export interface Comparison {
  /** In the order of time. */
  words: ComparedWord[];
  /** Of what could be compared; undefined where nothing could. */
  errors: ErrorCounts | undefined;
}

interface Heard extends Stretch {
  words: readonly TranscribedWord[];
  /** Undefined in what an older view kept. */
  textCase?: TextCase;
}

/** Where the words of a reference are said, as far as it has been aligned. */
export type AlignedWordsOf = (reference: ReferenceText) => readonly Stretch[] | undefined;

/**
 * What a model heard beside what should have been heard, where a whole reference lies in the stretch. A word that was not
 * heard stands where it is said, if that is known, between its neighbours.
 */
export function compareWords(
  heard: Heard,
  references: readonly ReferenceText[],
  alignedWordsOf: AlignedWordsOf = () => undefined,
): Comparison {
  const { words, textCase } = heard;
  const whole = joinNeighbours(references.filter((one) => liesIn(one, heard)));
  const partly = references.filter((one) => touches(one, heard) && !liesIn(one, heard));
  const within = (word: Stretch) => whole.findIndex((one) => touches(middleOf(word), one));
  if (textCase === undefined || whole.length === 0) return { words: words.map(plain), errors: undefined };
  const owners = words.map((word) => ownerOf(word, whole, partly, within));
  let errors = NO_ERRORS;
  const compared = words.filter((_, i) => owners[i] === undefined).map(plain);
  for (const [index, reference] of whole.entries()) {
    const own = words.filter((_, i) => owners[i] === index);
    const aligned = alignTranscript(reference.text, own, { case: textCase }, reference);
    errors = addErrors(errors, aligned.errors);
    const places = placesOf(reference, alignedWordsOf);
    let word = 0;
    for (const pair of aligned.pairs) {
      const place = pair.kind === 'insertion' ? undefined : places?.[word++];
      compared.push(toCompared(pair, pair.kind === 'deletion' ? place : undefined));
    }
  }
  return { words: compared.sort((a, b) => a.startSec - b.startSec || a.endSec - b.endSec), errors };
}

const middleOf = ({ startSec, endSec }: Stretch): Stretch => {
  const middleSec = (startSec + endSec) / 2;
  return { startSec: middleSec, endSec: middleSec + 1e-9 };
};

/** A word just beside a reference belongs to it too: its times are no better than that. */
const besideSec = 0.3;

function ownerOf(
  word: Stretch,
  whole: readonly Stretch[],
  partly: readonly Stretch[],
  within: (word: Stretch) => number,
): number | undefined {
  const inside = within(word);
  if (inside >= 0) return inside;
  if (partly.some((one) => touches(middleOf(word), one))) return undefined;
  const beside = whole.findIndex((one) =>
    touches(middleOf(word), { startSec: one.startSec - besideSec, endSec: one.endSec + besideSec }),
  );
  return beside >= 0 ? beside : undefined;
}

const plain = ({ text, ...rest }: TranscribedWord): ComparedWord => ({ kind: 'plain', text, reference: '', ...rest });

function toCompared({ hypothesis = '', reference = '', ...rest }: TimedPair, place: Stretch | undefined): ComparedWord {
  // Where the alignment has it elsewhere than between its neighbours, the two say different things.
  const startSec = Math.max(rest.startSec, place?.startSec ?? 0);
  const endSec = Math.min(rest.endSec, place?.endSec ?? rest.endSec);
  return { ...rest, ...(endSec > startSec ? { startSec, endSec } : {}), text: hypothesis, reference };
}

/** One place for each word of a joined reference; undefined where not all are known. */
function placesOf({ text, members }: JoinedReference, alignedWordsOf: AlignedWordsOf): Stretch[] | undefined {
  const places = members.flatMap((member) => alignedWordsOf(member) ?? []);
  return places.length === splitWords(text).length ? places : undefined;
}
