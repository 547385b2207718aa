import type { ChartTable } from './chartPicture.ts';
import { element } from './elements.ts';
import { fill } from './fill.ts';

const maxRows = 500;
/** Live numbers that change under the eye are not read. */
const refreshMs = 1000;

/** The numbers of a chart; nothing is made before it is opened. */
export function createChartTable(
  text: { table: string; omittedRows: string },
  read: (maxRows: number) => ChartTable | undefined,
): { element: HTMLElement; refresh(): void } {
  const place = element('div', { class: 'chart-table-place' });
  const root = element('details', { class: 'chart-table' }, element('summary', { text: text.table }), place);
  let filledMs = 0;
  const build = () => {
    filledMs = performance.now();
    const table = read(maxRows);
    if (!table) return;
    const note =
      table.omitted > 0 ? element('p', { class: 'quiet', text: fill(text.omittedRows, table.omitted) }) : undefined;
    place.replaceChildren(...(note ? [note] : []), renderTable(table));
  };
  root.addEventListener('toggle', () => (root.open ? build() : place.replaceChildren()));
  return {
    element: root,
    refresh() {
      if (root.open && performance.now() - filledMs > refreshMs) build();
    },
  };
}

function renderTable({ head, rows }: ChartTable): HTMLElement {
  const cells = (tag: 'th' | 'td', texts: string[]) => texts.map((text) => element(tag, { text }));
  return element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...cells('th', head))),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...cells('td', row)))),
  );
}
