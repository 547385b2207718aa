import type { ReportUtterance } from '../../src/shared/evaluation/evaluationReport.ts';
import { createAlignedWords } from '../ui/alignedWords.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import {
  chooseUtterances,
  errorsOf,
  type SortColumn,
  type SortOrder,
  sortColumns,
  surestError,
  type UtteranceFilter,
} from './chooseUtterances.ts';
import { createPages, rowsPerPage } from './pages.ts';
import { createUtteranceActions } from './utteranceActions.ts';
import { formatRate, linkButton, numberCell, placeOfWord, tell, type ViewParts } from './viewParts.ts';

export interface UtteranceTable {
  readonly element: HTMLElement;
  /** Shows only what fits, with what that is in words. */
  filter(change: Pick<UtteranceFilter, 'slice' | 'confusion'>, name: string): void;
}

/** Every utterance with what was heard: searched, filtered, sorted, a page at a time. */
export function createUtteranceTable(utterances: readonly ReportUtterance[], parts: ViewParts): UtteranceTable {
  const { text } = parts;
  const actions = createUtteranceActions(parts);
  let filter: UtteranceFilter = { query: '', onlyWrong: utterances.some((one) => errorsOf(one) > 0) };
  let order: SortOrder = { column: 'errors', descending: true };
  const [head, body] = [element('tr'), element('tbody')];
  const status = element('span', { class: 'quiet', attributes: { 'aria-live': 'polite' } });
  const only = element('span', { class: 'only' });
  const pages = element('div');
  const show = (from: number) => {
    const found = chooseUtterances(utterances, filter, order);
    actions.clear();
    status.textContent = fill(text.shown, found.length, utterances.length);
    const sorted = (column: SortColumn) => headCell(column, order, text, sortBy);
    head.replaceChildren(element('td'), ...sortColumns.map(sorted), ...lastHeads(text));
    const rows = found.slice(from, from + rowsPerPage).map(row);
    const nothing = filter.onlyWrong && filter.query === '' && !filter.slice && !filter.confusion;
    body.replaceChildren(...(rows.length > 0 ? rows : [emptyRow(nothing ? text.none : text.nothing)]));
    pages.replaceChildren(createPages(found.length, from, text, show));
  };
  const change = (next: Partial<UtteranceFilter>) => {
    filter = { ...filter, ...next };
    show(0);
  };
  const sortBy = (column: SortColumn) => {
    order = { column, descending: order.column === column ? !order.descending : column !== 'line' };
    show(0);
    head.querySelector<HTMLElement>(`[data-column=${column}] button`)?.focus();
  };
  const row = (utterance: ReportUtterance) => utteranceRow(utterance, actions.cell(utterance), parts);
  const root = element(
    'section',
    { class: 'utterances', label: text.utterances },
    element('h2', { text: text.utterances, attributes: { tabindex: '-1' } }),
    element('div', { class: 'filters' }, createSearch(text, change), createChoice(filter, text, change), only, status),
    actions.failure,
    element('div', { class: 'table-place' }, element('table', { class: 'list' }, element('thead', {}, head), body)),
    pages,
  );
  show(0);
  return {
    element: root,
    filter(wanted, name) {
      const { query, onlyWrong } = filter;
      filter = { query, onlyWrong, ...wanted };
      const clear = linkButton(text.clear, () => {
        only.replaceChildren();
        filter = { query: filter.query, onlyWrong: filter.onlyWrong };
        show(0);
      });
      only.replaceChildren(element('bdi', { text: fill(text.filteredBy, name) }), clear);
      show(0);
      root.scrollIntoView({ block: 'start' });
      root.querySelector('h2')?.focus({ preventScroll: true });
    },
  };
}

const lastHeads = (text: ViewParts['text']) =>
  [text.columns.speaker, text.transcript].map((name) => element('th', { text: name, attributes: { scope: 'col' } }));

const emptyRow = (message: string) =>
  element('tr', {}, element('td', { class: 'quiet', text: message, attributes: { colspan: '8' } }));

function utteranceRow(utterance: ReportUtterance, actions: HTMLElement, { remote, text }: ViewParts): HTMLElement {
  const { counts, durationSec, line, speaker = '', words, audioFilepath } = utterance;
  const errors = errorsOf(utterance);
  const surest = surestError(utterance);
  const aligned = createAlignedWords(words, text, (word) => tell(remote.openSpectrogram(placeOfWord(utterance, word))));
  return element(
    'tr',
    {},
    actions,
    numberCell(String(errors)),
    numberCell(counts.reference === 0 ? '' : formatRate(errors / counts.reference)),
    numberCell(durationSec.toFixed(2)),
    numberCell(surest === undefined ? '' : formatRate(surest)),
    numberCell(String(line)),
    element('td', { class: 'speaker', text: speaker }),
    element('td', { class: 'words', title: audioFilepath }, aligned),
  );
}

function headCell(
  column: SortColumn,
  order: SortOrder,
  text: ViewParts['text'],
  sortBy: (column: SortColumn) => void,
): HTMLElement {
  const current = order.column === column;
  const mark = current ? (order.descending ? ' ↓' : ' ↑') : '';
  const button = linkButton(`${text.columns[column]}${mark}`, () => sortBy(column));
  const sorted = current ? (order.descending ? 'descending' : 'ascending') : 'none';
  const attributes = { scope: 'col', 'aria-sort': sorted, 'data-column': column };
  return element('th', { class: 'number', attributes }, button);
}

function createSearch(text: ViewParts['text'], change: (next: Partial<UtteranceFilter>) => void): HTMLElement {
  const search = element('input', {
    class: 'search',
    ...{ label: text.search, attributes: { type: 'search', placeholder: text.search } },
  });
  search.addEventListener('input', () => change({ query: search.value }));
  return search;
}

/** All or only those with errors. */
function createChoice(
  { onlyWrong }: UtteranceFilter,
  text: ViewParts['text'],
  change: (next: Partial<UtteranceFilter>) => void,
): HTMLElement {
  const choice = element('span', { class: 'choice', role: 'group' });
  const buttons = [true, false].map((value) => {
    const label = value ? text.wrong : text.all;
    const attributes = { type: 'button', 'aria-pressed': String(value === onlyWrong) };
    const button = element('button', { class: 'toggle', text: label, attributes });
    button.addEventListener('click', () => {
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      change({ onlyWrong: value });
    });
    return button;
  });
  choice.append(...buttons);
  return choice;
}
