import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { formatMemory } from '../memoryUnit.ts';
import { filterRows, type HotSpotRow, type SortKey, type SortOrder, sortRows } from './profileRows.ts';
import { formatMs, formatShare } from './profileText.ts';
import type { HotSpotStrings } from './strings.ts';

export interface HotSpotTable {
  readonly element: HTMLElement;
  show(rows: readonly HotSpotRow[], name: string): void;
  search(text: string): void;
}

interface Column {
  key: SortKey | 'share' | 'output';
  title: string;
  text(row: HotSpotRow): string;
}

/** Rows sorted by a click on a column's title, the longest first to begin with. */
export function createHotSpotTable(text: HotSpotStrings): HotSpotTable {
  const head = element('thead');
  const body = element('tbody');
  const count = element('p', { class: 'hotspot-count quiet', attributes: { 'aria-live': 'polite' } });
  const table = element('table', { class: 'hotspot-table' }, head, body);
  const scroller = element('div', { class: 'hotspot-scroller', attributes: { tabindex: '0' }, role: 'group' }, table);
  let rows: readonly HotSpotRow[] = [];
  let [name, search] = ['', ''];
  let order: SortOrder = { key: 'totalMs', descending: true };

  const sortBy = (key: SortKey) => {
    order = { key, descending: key === order.key ? !order.descending : key !== 'name' && key !== 'startMs' };
    paint();
    head.querySelector<HTMLElement>(`[data-key="${key}"]`)?.focus();
  };
  const paint = () => {
    const found = sortRows(filterRows(rows, search), order);
    const columns = columnsOf(rows, name, text);
    scroller.setAttribute('aria-label', name);
    head.replaceChildren(element('tr', {}, ...columns.map((column) => headCell(column, order, sortBy))));
    body.replaceChildren(...found.map((row) => bodyRow(row, columns)));
    count.textContent = countText(found.length, rows.length, search, text);
  };
  return {
    element: element('div', {}, scroller, count),
    show(nextRows, nextName) {
      const fresh = nextName !== name;
      [rows, name] = [nextRows, nextName];
      const hasStarts = rows.some(({ startMs }) => startMs !== undefined);
      if (fresh) order = hasStarts ? { key: 'startMs', descending: false } : { key: 'totalMs', descending: true };
      paint();
    },
    search(next) {
      search = next;
      paint();
    },
  };
}

function countText(found: number, all: number, search: string, text: HotSpotStrings): string {
  if (found === 0 && search !== '') return fill(text.noRows, search);
  return found < all ? fill(text.foundCount, found, all) : fill(text.rowCount, all);
}

/** Columns that no row has a figure for are left out. */
function columnsOf(rows: readonly HotSpotRow[], name: string, { columns }: HotSpotStrings): Column[] {
  const all: Column[] = [
    { key: 'name', title: name, text: (row) => row.name },
    { key: 'startMs', title: columns.startMs, text: ({ startMs }) => known(startMs, formatMs) },
    { key: 'totalMs', title: columns.totalMs, text: ({ totalMs }) => formatMs(totalMs) },
    { key: 'share', title: columns.share, text: ({ share }) => formatShare(share) },
    { key: 'calls', title: columns.calls, text: ({ calls }) => known(calls, String) },
    { key: 'outputBytes', title: columns.outputBytes, text: ({ outputBytes }) => known(outputBytes, formatMemory) },
    { key: 'output', title: columns.output, text: ({ output }) => output ?? '' },
  ];
  return all.filter(({ key }) => rows.length === 0 || rows.some((row) => row[key] !== undefined));
}

const known = (value: number | undefined, format: (value: number) => string): string =>
  value === undefined ? '–' : format(value);

function headCell({ key, title }: Column, order: SortOrder, sortBy: (key: SortKey) => void): HTMLElement {
  if (key === 'output' || key === 'share')
    return element('th', { class: 'text', text: title, attributes: { scope: 'col' } });
  const sorted = order.key === key;
  const arrow = sorted ? (order.descending ? '↓' : '↑') : '';
  const words = document.createTextNode(title);
  const mark = element('span', { class: 'sort-arrow', text: arrow, attributes: { 'aria-hidden': 'true' } });
  const button = element('button', { attributes: { type: 'button', 'data-key': key } });
  // Figures end where their title ends.
  button.append(...(key === 'name' ? [words, mark] : [mark, words]));
  button.addEventListener('click', () => sortBy(key));
  const ariaSort = sorted ? (order.descending ? 'descending' : 'ascending') : 'none';
  return element(
    'th',
    { class: key === 'name' ? 'text' : 'amount', attributes: { scope: 'col', 'aria-sort': ariaSort } },
    button,
  );
}

function bodyRow(row: HotSpotRow, columns: readonly Column[]): HTMLElement {
  const cells = columns.map((column) => {
    if (column.key === 'name') return nameCell(row);
    if (column.key === 'share') return shareCell(row);
    return element('td', { class: column.key === 'output' ? 'text' : 'amount', text: column.text(row) });
  });
  return element('tr', {}, ...cells);
}

function nameCell({ name, about }: HotSpotRow): HTMLElement {
  const cell = element(
    'th',
    { class: 'text', attributes: { scope: 'row' } },
    element('div', { class: 'name', text: name }),
  );
  if (about) cell.append(element('div', { class: 'about quiet', text: about }));
  return cell;
}

function shareCell({ share }: HotSpotRow): HTMLElement {
  const bar = element('span', { class: 'share-bar', attributes: { 'aria-hidden': 'true' } });
  bar.style.setProperty('--share', String(Math.min(1, share)));
  const figures = element('span', { class: 'percent', text: formatShare(share) });
  return element('td', { class: 'amount' }, element('div', { class: 'share-cell' }, bar, figures));
}
