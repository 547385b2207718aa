import type { TranscribedWord } from '../../../src/shared/protocol/spectrogramModel.ts';
import { element } from '../../ui/elements.ts';
import type { Moves } from '../hand/moves.ts';
import type { Stretch } from '../hand/selection.ts';
import type { Layout } from '../layout.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { Transcript } from '../viewState.ts';
import { boxPlacer, createTrack, stretchText } from './track.ts';

/** What was transcribed: one box per word, at its time. */
export function createWordTrack(layout: Layout, model: ViewModel, moves: Moves, play: (stretch: Stretch) => void) {
  const track = createTrack(layout, 'words', model.text.words);
  let shown: Transcript[] | undefined;
  let boxes: { word: Stretch; box: HTMLElement }[] = [];
  const pending = element('div', { class: 'word-pending' });
  model.snapPoints.add(() =>
    model.state.state.transcripts.flatMap(({ words }) => words.flatMap(({ startSec, endSec }) => [startSec, endSec])),
  );

  const rebuild = () => {
    const { transcripts } = model.state.state;
    shown = transcripts;
    boxes = transcripts.flatMap((transcript) => {
      const range = element('div', { class: 'word-range', attributes: { 'aria-hidden': 'true' } });
      const words = transcript.words.map((word) => ({ word, box: wordBox(word, model, moves, play) }));
      return [{ word: transcript, box: range }, ...words];
    });
    track.body.replaceChildren(...boxes.map(({ box }) => box), pending);
  };
  return {
    show() {
      if (shown !== model.state.state.transcripts) rebuild();
      const { transcribing } = model.live.state;
      track.row.hidden = boxes.length === 0 && !transcribing;
      if (track.row.hidden) return;
      const put = boxPlacer(viewportOf(model), track.body.clientWidth);
      for (const { word, box } of boxes) put(box, word);
      pending.hidden = !transcribing;
      if (transcribing) put(pending, transcribing);
    },
  };
}

function wordBox(word: TranscribedWord, model: ViewModel, moves: Moves, play: (stretch: Stretch) => void): HTMLElement {
  const sure = word.confidence === undefined ? '' : `, ${Math.round(word.confidence * 100)} %`;
  const name = `${word.text}, ${stretchText(word)}${sure}`;
  const button = element('button', {
    class: 'word',
    text: word.text,
    label: name,
    title: name,
    attributes: { type: 'button' },
  });
  if (word.confidence !== undefined) button.style.setProperty('--confidence', String(word.confidence));
  button.addEventListener('click', () => {
    moves.select(word);
    model.state.update({ cursorSec: word.startSec });
    play(word);
  });
  const item = element('div', { class: 'word-item', role: 'listitem' }, button);
  return item;
}
