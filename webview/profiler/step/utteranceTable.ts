import type { UtteranceAction, UtterancePlace } from '../../../src/shared/protocol/profiler.ts';
import type { StepBatch } from '../../../src/shared/run/batchLines.ts';
import { formatLoss, formatPercent } from '../../../src/shared/run/runStatus.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import type { IconName } from '../../ui/icons.ts';
import { createSoundPlayer } from '../../ui/soundPlayer.ts';
import { changeButton, createButton } from '../../ui/toolkit.ts';
import { type PanelParts, tell } from '../panelParts.ts';
import {
  type SortOrder,
  sortUtterances,
  type UtteranceColumn,
  type UtteranceRow,
  utteranceColumns,
} from './utteranceRows.ts';

/** The utterances of a step: sorted, heard, opened, left out. */
export interface UtteranceTable {
  readonly element: HTMLElement;
  show(directory: string, batch: StepBatch): void;
  dispose(): void;
}

export function createUtteranceTable(parts: PanelParts): UtteranceTable {
  const { text } = parts;
  const head = element('tr', {});
  const body = element('tbody', {});
  const failure = element('p', { class: 'failure', role: 'alert' });
  const root = element('div', { class: 'utterances' }, element('table', {}, element('thead', {}, head), body), failure);
  let order: SortOrder = { column: 'gradientShare', descending: true };
  let shown: { directory: string; batch: StepBatch } | undefined;
  let playButtons = new Map<number, HTMLElement>();

  const placeOf = (index: number): UtterancePlace => ({
    directory: shown!.directory,
    step: shown!.batch.step,
    index,
  });
  const player = createSoundPlayer<number>({
    read: (index, start, count) => parts.remote.samples(placeOf(index), start, count),
    blocked: text.soundBlocked,
    changed(playing, reason) {
      for (const [index, button] of playButtons) {
        const name = shown?.batch.utterances[index]?.audioFilepath ?? '';
        const isPlaying = index === playing;
        changeButton(button, isPlaying ? 'stop' : 'play', fill(isPlaying ? text.stopPlaying : text.play, name));
      }
      failure.textContent = reason
        ? fill(text.cannotPlay, reason instanceof Error ? reason.message : String(reason))
        : '';
    },
  });
  const rowOf = (row: UtteranceRow): HTMLElement => {
    const place = placeOf(row.index);
    const label = fill(text.play, row.utterance.audioFilepath);
    const play = createButton({ icon: 'play', label, onPress: () => void player.toggle(row.index) });
    playButtons.set(row.index, play);
    return utteranceRow(row, place, play, parts);
  };
  const paint = () => {
    playButtons = new Map();
    head.replaceChildren(element('th', {}), ...utteranceColumns.map((column) => headCell(column, order, text, sortBy)));
    body.replaceChildren(...(shown ? sortUtterances(shown.batch.utterances, order).map(rowOf) : []));
  };
  const sortBy = (column: UtteranceColumn) => {
    order = { column, descending: order.column === column ? !order.descending : column !== 'utterance' };
    player.stop();
    paint();
    head.querySelector<HTMLElement>(`[data-column=${column}]`)?.focus();
  };
  return {
    element: root,
    show(directory, batch) {
      player.stop();
      failure.textContent = '';
      shown = { directory, batch };
      if (
        order.column === 'gradientShare' &&
        !batch.utterances.some(({ gradientShare }) => gradientShare !== undefined)
      )
        order = { column: 'loss', descending: true };
      paint();
    },
    dispose: () => player.stop(),
  };
}

type RowAction = [icon: IconName, action: UtteranceAction];
const rowActions: RowAction[] = [
  ['spectrogram', 'openSpectrogram'],
  ['line', 'showLine'],
  ['exclude', 'exclude'],
];

function utteranceRow(
  { utterance }: UtteranceRow,
  place: UtterancePlace,
  play: HTMLElement,
  { remote, text }: PanelParts,
): HTMLElement {
  const { audioFilepath: name, manifest, line, durationSec, frames, tokens, loss, gradientShare } = utterance;
  const buttons = rowActions.map(([icon, action]) => {
    const label = fill(text.utteranceActions[action], name);
    return createButton({ icon, label, onPress: () => tell(remote.utteranceAction(place, action)) });
  });
  const number = (words: string) => element('td', { class: 'number', text: words });
  return element(
    'tr',
    {},
    element('td', { class: 'row-actions' }, play, ...buttons),
    element('td', { class: 'utterance-name', title: `${manifest}:${line}` }, element('bdi', { text: name })),
    number(loss === null ? text.notFinite : formatLoss(loss)),
    shareCell(gradientShare),
    number(`${durationSec.toFixed(2)} s`),
    number(String(frames)),
    number(String(tokens)),
  );
}

function headCell(
  column: UtteranceColumn,
  order: SortOrder,
  text: PanelParts['text'],
  sortBy: (column: UtteranceColumn) => void,
): HTMLElement {
  const names: Record<UtteranceColumn, string> = { ...text, loss: text.lossColumn };
  const sorted = order.column === column;
  const button = element('button', {
    class: 'sort',
    text: sorted ? `${names[column]} ${order.descending ? '▼' : '▲'}` : names[column],
    attributes: { type: 'button', 'data-column': column },
  });
  button.addEventListener('click', () => sortBy(column));
  const direction = sorted ? (order.descending ? 'descending' : 'ascending') : 'none';
  return element(
    'th',
    { class: column === 'utterance' ? '' : 'number', attributes: { 'aria-sort': direction } },
    button,
  );
}

function shareCell(share: number | undefined): HTMLElement {
  const cell = element('td', { class: 'number share', text: share === undefined ? '' : formatPercent(share) });
  if (share !== undefined) cell.style.setProperty('--share', `${Math.round(share * 100)}%`);
  return cell;
}
