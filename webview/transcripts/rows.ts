import type { Remote } from '../../src/shared/protocol/channel.ts';
import type { ItemAction, TranscriptItem, TranscriptsHost } from '../../src/shared/protocol/transcripts.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createIcon, type IconName } from '../ui/icons.ts';
import { changeButton, createButton } from '../ui/toolkit.ts';
import { showRate } from './overall.ts';
import type { Sounds } from './sounds.ts';
import type { Strings } from './strings.ts';
import { createWords } from './words.ts';

export interface ItemRow {
  readonly element: HTMLElement;
  showPlaying(playing: boolean): void;
}

const icons: Record<ItemAction, IconName> = {
  insert: 'insert',
  copy: 'copy',
  openSpectrogram: 'spectrogram',
  showLine: 'report',
};

/** One recording: its name, what was said and heard, its error rate, and what can be done with it. */
export function createItemRow(
  item: TranscriptItem,
  remote: Remote<TranscriptsHost>,
  sounds: Sounds,
  text: Strings,
): ItemRow {
  const { index, name, recording, state } = item;
  let word = item.focus ?? -1;
  const act = (action: ItemAction) => void remote.itemAction(index, action, word).catch(() => {});
  const button = (action: ItemAction, label = text.actions[action]) =>
    createButton({ icon: icons[action], label: `${label}, ${name}`, onPress: () => act(action) });
  let playing = false;
  const play = createButton({
    icon: 'play',
    label: `${text.play}, ${name}`,
    onPress: () => (playing ? sounds.stop() : void sounds.play(index, item.startSec, item.endSec ?? 86_400)),
  });
  const heard = state === 'done';
  const canInsert = heard && item.text !== '' && item.line !== 'none';
  const canPlay = state !== 'failed' || recording !== '';
  const transcript = element('td', { class: 'transcript' }, transcriptOf());
  function transcriptOf(): HTMLElement {
    if (state === 'failed') return createFailure(item.message ?? '');
    if (!heard) return element('span', { class: 'quiet', text: text.states[state] });
    if (item.pairs.length === 0) return element('span', { class: 'quiet', text: text.nothingHeard });
    return createWords(item, text, {
      play: (startSec, endSec) => void sounds.play(index, startSec, endSec),
      open(at) {
        word = at;
        act('openSpectrogram');
      },
      focused: (at) => {
        word = at;
      },
    });
  }
  const inserted = element(
    'span',
    { class: 'inserted' },
    createIcon('check'),
    element('span', { text: text.inserted }),
  );
  const row = element(
    'tr',
    { class: `item item-${state}` },
    element('td', { class: 'play' }, canPlay ? play : undefined),
    element('th', { class: 'name', text: name, title: recording, attributes: { scope: 'row' } }),
    transcript,
    element('td', { class: 'number', ...rateOf(item, text) }),
    element(
      'td',
      { class: 'item-actions' },
      item.inserted ? inserted : undefined,
      canInsert ? button('insert', item.line === 'filled' ? text.replace : text.actions.insert) : undefined,
      heard && item.text !== '' ? button('copy') : undefined,
      canPlay ? button('openSpectrogram') : undefined,
      item.line === 'none' ? undefined : button('showLine'),
    ),
  );
  return {
    element: row,
    showPlaying(now) {
      playing = now;
      changeButton(play, now ? 'stop' : 'play', `${now ? text.stop : text.play}, ${name}`);
      row.classList.toggle('item-playing', now);
    },
  };
}

function rateOf({ errors, state }: TranscriptItem, text: Strings): { text: string; title: string } {
  if (!errors || state !== 'done') return { text: '', title: '' };
  const { substitutions, deletions, insertions, reference } = errors;
  return { text: showRate(errors), title: fill(text.counts, substitutions, deletions, insertions, reference) };
}

function createFailure(message: string): HTMLElement {
  const icon = element('span', { class: 'failure-icon' });
  icon.append(createIcon('error'));
  return element('span', { class: 'failure' }, icon, element('span', { text: message }));
}
