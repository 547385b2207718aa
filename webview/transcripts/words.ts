import type { ShownPair, TranscriptItem } from '../../src/shared/protocol/transcripts.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import type { Strings } from './strings.ts';

/** Something is heard before and after a word, so that its sounds are not cut off. */
const aroundSec = 0.08;

export interface WordActions {
  play(startSec: number, endSec: number): void;
  /** In the spectrogram. */
  open(word: number): void;
  /** The word that has the focus. */
  focused(word: number): void;
}

/** The words of a transcript beside those of its reference; one stop of the Tab key, arrows move within. */
export function createWords(item: TranscriptItem, text: Strings, actions: WordActions): HTMLElement {
  const list = element('span', { class: 'pairs', role: 'group', label: `${text.transcript}, ${item.name}` });
  const buttons = item.pairs.map((pair, index) => createWord(pair, index === item.focus, text));
  let current = Math.max(0, item.focus ?? 0);
  const play = (index: number) => {
    const { startSec, endSec } = item.pairs[index]!;
    const limit = item.endSec ?? Number.POSITIVE_INFINITY;
    actions.play(Math.max(item.startSec, startSec - aroundSec), Math.min(limit, endSec + aroundSec));
  };
  const move = (to: number) => {
    buttons[current]!.tabIndex = -1;
    current = Math.max(0, Math.min(buttons.length - 1, to));
    buttons[current]!.tabIndex = 0;
    buttons[current]!.focus();
  };
  for (const [index, button] of buttons.entries()) {
    button.tabIndex = index === current ? 0 : -1;
    button.addEventListener('click', () => {
      move(index);
      play(index);
    });
    button.addEventListener('focus', () => actions.focused(index));
    button.addEventListener('dblclick', () => actions.open(index));
  }
  list.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = { ArrowRight: current + 1, ArrowLeft: current - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to !== undefined) move(to);
    else if (event.key === 'o' || event.key === 'O') actions.open(current);
    else return;
    event.preventDefault();
  });
  list.append(...buttons.flatMap((button) => [button, document.createTextNode(' ')]));
  return list;
}

function createWord(pair: ShownPair, asked: boolean, text: Strings): HTMLButtonElement {
  const { kind, reference = '', hypothesis = '', startSec, endSec, confidence } = pair;
  const when = fill(text.at, startSec.toFixed(2), endSec.toFixed(2));
  const sure = confidence === undefined ? [] : [fill(text.sure, Math.round(100 * confidence))];
  const name = [fill(text.pairs[kind], reference, hypothesis), when, ...sure].join(', ');
  const button = element('button', {
    class: `pair pair-${kind}${asked ? ' pair-asked' : ''}`,
    ...{ label: name, title: name, attributes: { type: 'button' } },
  });
  if (kind === 'substitution' || kind === 'deletion') button.append(element('del', { text: reference }));
  if (kind === 'insertion') button.append(element('ins', { text: hypothesis }));
  else if (kind !== 'deletion') button.append(element('bdi', { class: 'said', text: hypothesis }));
  // Half-sure words are fainter; errors are marked by more than their colour.
  if (confidence !== undefined) button.classList.toggle('pair-unsure', confidence < 0.5);
  return button;
}
