import type { ShownSweep, ShownTrial } from '../../src/shared/protocol/sweep.ts';
import { formatDuration, formatPercent } from '../../src/shared/run/runStatus.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton } from '../ui/toolkit.ts';
import { type Column, type SortOrder, sortTrials } from './sortTrials.ts';
import type { Strings } from './strings.ts';
import { curveOf } from './wordErrorCurve.ts';

export interface TableActions {
  sortBy(column: Column): void;
  choose(trial: number, chosen: boolean): void;
  open(trial: number): void;
  use(trial: number): void;
}

/** The trials of a sweep; a header sorts, the best is marked, trials that failed or were given up say why. */
export function sweepTable(
  sweep: ShownSweep,
  order: SortOrder,
  chosen: readonly number[],
  text: Strings,
  actions: TableActions,
): HTMLElement {
  const columns: [Column, string][] = [
    ['number', text.trial],
    ...sweep.keys.map((key, i): [Column, string] => [`key${i}`, key]),
    ['wer', 'WER'],
    ['cer', 'CER'],
    ['epochs', text.epochs],
    ['time', text.time],
    ['state', text.state],
  ];
  const heads = columns.map(([column, title]) => headCell(column, title, order, actions));
  // After CER.
  heads.splice(3 + sweep.keys.length, 0, element('th', { text: text.curve, attributes: { scope: 'col' } }));
  const corner = element('th', { attributes: { scope: 'col' } });
  const last = element('th', { text: text.actions, attributes: { scope: 'col' } });
  const rows = sortTrials(sweep.trials, order).map((trial) => rowOf(trial, sweep, chosen, text, actions));
  return element(
    'table',
    { class: 'trials', label: text.trials },
    element('thead', {}, element('tr', {}, corner, ...heads, last)),
    element('tbody', {}, ...rows),
  );
}

function headCell(column: Column, title: string, { column: sorted, descending }: SortOrder, actions: TableActions) {
  const isSorted = column === sorted;
  const sort = isSorted ? (descending ? 'descending' : 'ascending') : 'none';
  const arrow = element('span', {
    text: isSorted ? (descending ? ' ▾' : ' ▴') : '',
    attributes: { 'aria-hidden': 'true' },
  });
  const button = element('button', { class: 'sort', text: title, attributes: { 'data-column': column } }, arrow);
  button.addEventListener('click', () => actions.sortBy(column));
  return element('th', { attributes: { scope: 'col', 'aria-sort': sort } }, button);
}

function rowOf(
  trial: ShownTrial,
  { best, active }: ShownSweep,
  chosen: readonly number[],
  text: Strings,
  actions: TableActions,
): HTMLElement {
  const { number, values, wer, cer, wers, epochs, durationMs, state, message } = trial;
  const isBest = number === best;
  const begun = state !== 'waiting';
  const score = (rate: number | null) => (rate === null ? '–' : formatPercent(rate));
  const figure = (words: string) => element('td', { class: 'figure', text: words });
  const werCell = figure(score(wer));
  if (isBest) werCell.append(element('span', { class: 'badge', text: text.best }));
  const interrupted = state === 'running' && !active;
  const stateCell = element('td', { class: `state ${interrupted ? 'interrupted' : state}`, title: message ?? '' });
  stateCell.append(element('span', { text: interrupted ? text.interrupted : text.states[state] }));
  if (message) stateCell.append(element('span', { class: 'why quiet', text: message }));
  const row = element(
    'tr',
    { class: isBest ? 'best' : '', attributes: { 'data-trial': String(number) } },
    element('td', {}, checkbox(number, chosen.includes(number), !begun, text, actions)),
    element('th', { class: 'figure', text: String(number), attributes: { scope: 'row' } }),
    ...values.map((value) => element('td', { class: 'value', text: value })),
    werCell,
    figure(score(cer)),
    element('td', {}, curveOf(wers, epochs, text)),
    figure(fill(text.ofEpochs, wers.length, epochs)),
    figure(durationMs > 0 ? formatDuration(durationMs / 1000) : '–'),
    stateCell,
    rowActions(trial, begun, text, actions),
  );
  return row;
}

function checkbox(number: number, checked: boolean, disabled: boolean, text: Strings, { choose }: TableActions) {
  const box = element('input', { label: fill(text.choose, number), attributes: { type: 'checkbox' } });
  Object.assign(box, { checked, disabled });
  box.addEventListener('change', () => choose(number, box.checked));
  return box;
}

function rowActions({ number, wer }: ShownTrial, begun: boolean, text: Strings, actions: TableActions): HTMLElement {
  const cell = element('td', { class: 'row-actions' });
  const button = (icon: 'line' | 'check', label: string, onPress: () => void) =>
    createButton({ icon, label, title: label, onPress });
  if (begun) cell.append(button('line', fill(text.openTrial, number), () => actions.open(number)));
  if (wer !== null) cell.append(button('check', fill(text.useTrial, number), () => actions.use(number)));
  return cell;
}
