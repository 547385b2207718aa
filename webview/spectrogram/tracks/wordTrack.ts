import { addErrors, errorRate, NO_ERRORS } from '../../../src/asr/errorRate.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { type ComparedWord, type Comparison, compareWords } from '../model/comparison.ts';
import type { TrackParts } from '../model/modelTracks.ts';
import { isAligned, referenceKey, referencesOf, touches } from '../model/references.ts';
import type { ModelStrings } from '../model/strings.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { Transcript } from '../viewState.ts';
import { createBoxes } from './boxes.ts';
import { boxPlacer, createTrack, stretchText } from './track.ts';

/** What a model heard: one box per word, at its time; beside a transcript, with its errors. */
export function createWordTrack({ layout, model, text, choose, perform, leave, widthPx }: TrackParts): {
  show(): void;
} {
  const track = createTrack(layout, 'words', text.names.words);
  track.row.title = text.titles.words;
  const rate = element('div', { class: 'track-note' });
  track.row.append(rate);
  const ranges = element('div', { class: 'word-ranges', attributes: { 'aria-hidden': 'true' } });
  const pending = element('div', { class: 'word-pending', attributes: { 'aria-hidden': 'true' } });
  track.body.append(ranges, pending);
  const boxes = createBoxes<ComparedWord>(track.body, {
    make: (word) => wordBox(word, text),
    stands: ({ kind }) => kind !== 'plain' && kind !== 'match',
    ...{ press: choose.play, reveal: choose.reveal, perform, leave },
  });
  const compare = rememberComparison(model);
  model.snapPoints.add(() =>
    model.state.state.transcripts.flatMap(({ words }) => words.flatMap(({ startSec, endSec }) => [startSec, endSec])),
  );
  return {
    show() {
      const { transcripts, lanes } = model.state.state;
      const { transcribing } = model.live.state;
      track.row.hidden = !lanes.words || (transcripts.length === 0 && !transcribing);
      if (track.row.hidden) return;
      const viewport = viewportOf(model);
      const { words, comparisons } = compare();
      track.row.classList.toggle(
        'compared',
        comparisons.some(({ errors }) => errors),
      );
      boxes.show(words, viewport, widthPx(), model.live.state.playSec);
      const put = boxPlacer(viewport, widthPx());
      pending.hidden = !transcribing;
      if (transcribing) put(pending, transcribing);
      placeRanges(ranges, transcripts, put);
      showRate(rate, transcripts, comparisons, viewport, text);
    },
  };
}

/** The words of all transcripts, compared anew when transcripts, references or alignments are others. */
export function rememberComparison(model: ViewModel): () => { words: ComparedWord[]; comparisons: Comparison[] } {
  let key: unknown[] = [];
  let known: { words: ComparedWord[]; comparisons: Comparison[] } = { words: [], comparisons: [] };
  return () => {
    const { transcripts, referenceTier } = model.state.state;
    const { annotations, inspections } = model.live.state;
    const now = [transcripts, referenceTier, annotations, inspections];
    if (key.length > 0 && now.every((one, i) => one === key[i])) return known;
    key = now;
    const references = referencesOf(annotations, referenceTier);
    const aligned = new Map(
      inspections.flatMap(({ alignments }) =>
        alignments.filter(isAligned).map((one) => [referenceKey(one), one.words] as const),
      ),
    );
    const comparisons = transcripts.map((transcript) =>
      compareWords(transcript, references, (one) => aligned.get(referenceKey(one))),
    );
    known = { comparisons, words: comparisons.flatMap(({ words }) => words) };
    return known;
  };
}

function placeRanges(
  holder: HTMLElement,
  transcripts: readonly Transcript[],
  put: (box: HTMLElement, one: Transcript) => void,
): void {
  while (holder.childElementCount > transcripts.length) holder.lastElementChild!.remove();
  while (holder.childElementCount < transcripts.length) holder.append(element('div', { class: 'word-range' }));
  for (const [i, transcript] of transcripts.entries()) put(holder.children[i] as HTMLElement, transcript);
}

function showRate(
  note: HTMLElement,
  transcripts: readonly Transcript[],
  comparisons: readonly Comparison[],
  viewport: { startSec: number; endSec: number },
  text: ModelStrings,
): void {
  const seen = comparisons.flatMap(({ errors }, i) => (errors && touches(transcripts[i]!, viewport) ? [errors] : []));
  const sum = seen.reduce(addErrors, NO_ERRORS);
  const shown =
    seen.length === 0 ? '' : fill(text.errorRate, (100 * errorRate(sum)).toFixed(errorRate(sum) < 0.1 ? 1 : 0));
  if (note.textContent !== shown) note.textContent = shown;
  const { substitutions, deletions, insertions, reference } = sum;
  note.title = seen.length === 0 ? '' : fill(text.errors, substitutions, deletions, insertions, reference);
}

function wordBox(word: ComparedWord, text: ModelStrings): HTMLElement {
  const { kind, reference, confidence } = word;
  const name = nameWord(word, text);
  const button = element(
    'button',
    { class: `heard ${kind}`, label: name, title: name, attributes: { type: 'button' } },
    kind === 'deletion' ? undefined : element('bdi', { class: 'word', text: word.text }),
    kind === 'deletion' || kind === 'substitution'
      ? element('del', { class: 'word-right', text: reference })
      : undefined,
  );
  if (confidence !== undefined) button.style.setProperty('--confidence', String(confidence));
  return button;
}

export function nameWord(word: ComparedWord, text: ModelStrings): string {
  const { kind, reference, confidence } = word;
  const said = {
    plain: word.text,
    match: word.text,
    substitution: fill(text.substitution, word.text, reference),
    deletion: fill(text.deletion, reference),
    insertion: fill(text.insertion, word.text),
  }[kind];
  return [said, stretchText(word), ...(confidence === undefined ? [] : [`${Math.round(confidence * 100)} %`])].join(
    ', ',
  );
}
