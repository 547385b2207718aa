import type { AlignedReference, AlignedUnit } from '../../../src/shared/protocol/listen.ts';
import type { Inspection } from '../../../src/shared/protocol/spectrogramModel.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import type { Stretch } from '../hand/selection.ts';
import { timeScale, type Viewport } from '../hand/viewport.ts';
import { arrangeBoxes } from '../tracks/arrangeBoxes.ts';
import { createBoxes } from '../tracks/boxes.ts';
import { boxPlacer, createTrack, stretchText } from '../tracks/track.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { inspectionsIn } from './inspection.ts';
import { createLookButton } from './lookButton.ts';
import type { TrackParts } from './modelTracks.ts';
import { isAligned, referenceKey, referencesIn, referencesOf } from './references.ts';
import type { ModelStrings } from './strings.ts';

/** Tokens narrower than this on average are not shown. */
const leastTokenPx = 9;

/** The transcript at the times where the model hears it: words, and the tokens that they are made of. */
export function createAlignmentTrack({ layout, model, text, choose, perform, leave, widthPx }: TrackParts): {
  show(): void;
} {
  const track = createTrack(layout, 'alignment', text.names.alignment);
  track.row.title = text.titles.alignment;
  const look = createLookButton(model, text);
  track.row.append(element('div', { class: 'track-note' }, look.element));
  const tokens = element('div', { class: 'tokens', attributes: { 'aria-hidden': 'true' } });
  const notes = element('div', { class: 'alignment-notes' });
  track.body.append(tokens, notes);
  const boxes = createBoxes<AlignedUnit>(track.body, {
    ...{ make: (word) => alignedBox(word, text), press: choose.play, reveal: choose.reveal, perform, leave },
  });
  const unitsOf = rememberUnits();
  const isCurrent = rememberCurrent(model);
  model.snapPoints.add(() =>
    unitsOf(model.live.state.inspections, isCurrent()).words.flatMap(({ startSec, endSec }) => [startSec, endSec]),
  );
  return {
    show() {
      const viewport = viewportOf(model);
      const near = inspectionsIn(model, viewport);
      track.row.hidden = !model.state.state.lanes.alignment || near.length === 0;
      if (track.row.hidden) return;
      look.show();
      const width = widthPx();
      const current = isCurrent();
      const units = unitsOf(model.live.state.inspections, current);
      boxes.show(units.words, viewport, width, model.live.state.playSec);
      const { secPerPx } = timeScale(viewport, width);
      tokens.hidden = !(units.meanTokenSec / secPerPx >= leastTokenPx);
      track.row.classList.toggle('with-tokens', !tokens.hidden);
      placeTokens(tokens, tokens.hidden ? [] : units.tokens, viewport, width);
      placeNotes(notes, notesOf(near, current, text), boxPlacer(viewport, width));
    },
  };
}

/** Words and tokens of all alignments, in the order of time. */
function rememberUnits() {
  let key: unknown[] = [];
  let known: { words: AlignedUnit[]; tokens: AlignedUnit[]; meanTokenSec: number } = {
    ...{ words: [], tokens: [], meanTokenSec: 0 },
  };
  return (inspections: readonly Inspection[], isCurrent: Current) => {
    if (key[0] === inspections && key[1] === isCurrent) return known;
    key = [inspections, isCurrent];
    const aligned = inspections.flatMap(({ alignments }) => alignments.filter(isAligned).filter(isCurrent));
    aligned.sort((a, b) => a.startSec - b.startSec);
    const tokens = aligned.flatMap((one) => one.tokens);
    const heldSec = tokens.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);
    const meanTokenSec = tokens.length === 0 ? 0 : heldSec / tokens.length;
    known = { words: aligned.flatMap(({ words }) => words), tokens, meanTokenSec };
    return known;
  };
}

function alignedBox(word: AlignedUnit, text: ModelStrings): HTMLElement {
  const name = fill(text.alignedName, word.text, stretchText(word), Math.round(word.score * 100));
  const button = element(
    'button',
    { class: 'aligned-word', label: name, title: name, attributes: { type: 'button' } },
    element('bdi', { text: word.text }),
  );
  button.style.setProperty('--confidence', String(word.score));
  return button;
}

/** Text of tokens where they have room; the words beside them are what keys and screen readers reach. */
function placeTokens(holder: HTMLElement, tokens: readonly AlignedUnit[], viewport: Viewport, widthPx: number): void {
  const { boxes: placed } = arrangeBoxes(tokens, viewport, widthPx);
  while (holder.childElementCount > placed.length) holder.lastElementChild!.remove();
  while (holder.childElementCount < placed.length) holder.append(element('div', { class: 'token' }));
  for (const [i, { index, fromPx, toPx }] of placed.entries()) {
    const box = holder.children[i] as HTMLElement;
    const { text, score } = tokens[index]!;
    if (box.textContent !== text) box.textContent = text;
    box.title = `${text}, ${Math.round(score * 100)} %`;
    box.style.setProperty('--confidence', String(score));
    box.style.transform = `translateX(${fromPx}px)`;
    box.style.width = `${toPx - fromPx}px`;
  }
}

/** Whether a reference is still what was aligned. */
type Current = (reference: AlignedReference) => boolean;

interface Note extends Stretch {
  said: string;
}

/** What could not be aligned, at its place; what has been edited since; or that there is nothing to align. */
function notesOf(inspections: readonly Inspection[], isCurrent: Current, text: ModelStrings): Note[] {
  return inspections.flatMap((inspection) => {
    const { startSec, endSec, alignments } = inspection;
    if (alignments.length === 0) return [{ startSec, endSec, said: text.noReference }];
    return alignments.flatMap((one) => {
      if (!isCurrent(one)) return [{ ...clip(one, inspection), said: text.changedSince }];
      return 'problem' in one ? [{ ...clip(one, inspection), said: fill(text.notAligned, one.problem) }] : [];
    });
  });
}

/** Whether references are still those that were aligned. */
function rememberCurrent(model: ViewModel): () => Current {
  let key: unknown[] = [];
  let current: Current = () => false;
  return () => {
    const { annotations, inspections } = model.live.state;
    const { referenceTier } = model.state.state;
    const now = [annotations, referenceTier, inspections];
    if (key.length === 0 || now.some((one, i) => one !== key[i])) {
      key = now;
      const references = referencesOf(annotations, referenceTier);
      const keys = new Set(inspections.flatMap((one) => referencesIn(references, one).map(referenceKey)));
      current = (reference) => keys.has(referenceKey(reference));
    }
    return current;
  };
}

function placeNotes(holder: HTMLElement, notes: readonly Note[], put: (box: HTMLElement, note: Stretch) => void): void {
  while (holder.childElementCount > notes.length) holder.lastElementChild!.remove();
  while (holder.childElementCount < notes.length) holder.append(element('div', { class: 'alignment-note' }));
  for (const [i, note] of notes.entries()) {
    const box = holder.children[i] as HTMLElement;
    if (box.textContent !== note.said) box.textContent = note.said;
    box.title = note.said;
    put(box, note);
  }
}

const clip = (one: Stretch, { startSec, endSec }: Inspection): Stretch => ({
  startSec: Math.max(startSec, one.startSec),
  endSec: Math.min(endSec, one.endSec),
});
