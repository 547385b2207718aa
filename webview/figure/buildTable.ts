import type { FigureCell, FigureTable } from '../../src/shared/protocol/figure.ts';
import { element } from '../ui/elements.ts';

/** The figure's numbers as a table; marks are words too, for those who do not see colours. */
export function buildTable({ columns, rows }: FigureTable, caption: string): HTMLElement {
  const head = columns.map((text) => element('th', { text, attributes: { scope: 'col' } }));
  const body = rows.map(([first, ...rest]) =>
    element(
      'tr',
      {},
      element('th', { text: first!.text, attributes: { scope: 'row' } }),
      ...rest.map((cell) => buildCell(cell)),
    ),
  );
  const table = element(
    'table',
    {},
    element('caption', { text: caption }),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...body),
  );
  return element('div', { class: 'scroll' }, table);
}

function buildCell({ text, current, bad }: FigureCell): HTMLElement {
  const notes = [...(current ? ['as it is'] : []), ...(bad ? ['too few'] : [])];
  return element(
    'td',
    { class: [...(current ? ['current'] : []), ...(bad ? ['bad'] : [])].join(' '), text },
    notes.length > 0 ? element('span', { class: 'mark', text: notes.join(', ') }) : undefined,
  );
}
