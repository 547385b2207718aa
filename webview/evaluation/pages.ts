import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton } from '../ui/toolkit.ts';
import type { Strings } from './strings.ts';

export const rowsPerPage = 50;

/** Turns the pages of a list; nothing where one page is enough. */
export function createPages(total: number, from: number, text: Strings, turn: (to: number) => void): HTMLElement {
  const button = (label: string, to: number) =>
    createButton({ text: label, appearance: 'secondary', onPress: () => turn(to) });
  const to = Math.min(total, from + rowsPerPage);
  if (total <= rowsPerPage) return element('div', { class: 'pages' });
  return element(
    'div',
    { class: 'pages' },
    from > 0 ? button(text.earlier, Math.max(0, from - rowsPerPage)) : undefined,
    element('span', { class: 'quiet', text: fill(text.range, from + 1, to) }),
    to < total ? button(text.later, to) : undefined,
  );
}
