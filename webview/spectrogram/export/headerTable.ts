import type { HeaderChunk } from '../../../src/shared/headerChunk.ts';
import { formatBytes } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import type { OutStrings } from './strings.ts';

/** Everything in a file's container, one part after the other. */
export function buildHeaderTable(chunks: HeaderChunk[], text: OutStrings): HTMLElement {
  if (chunks.length === 0) return element('p', { class: 'quiet', text: text.noHeader });
  return element('ol', { class: 'chunks' }, ...chunks.map((chunk) => chunkItem(chunk, text)));
}

function chunkItem({ id, offset, size, fields, note }: HeaderChunk, text: OutStrings): HTMLElement {
  const place = fill(text.chunkPlace, offset.toLocaleString(), formatBytes(size));
  const head = element(
    'div',
    { class: 'chunk-head' },
    element('code', { class: 'chunk-id', text: id }),
    element('span', { class: 'quiet', text: place, title: `${offset} · ${size}` }),
  );
  const rows = fields.map(({ name, value }) =>
    element('tr', {}, element('th', { text: name, attributes: { scope: 'row' } }), element('td', { text: value })),
  );
  const odd = note ? oddity(note) : undefined;
  return element('li', { class: 'chunk' }, head, odd, rows.length > 0 ? element('table', {}, ...rows) : undefined);
}

function oddity(note: string): HTMLElement {
  const icon = element('span', { class: 'problem-icon warning' });
  icon.append(createIcon('warning'));
  return element('div', { class: 'chunk-note' }, icon, element('span', { text: note }));
}

/** The same, asked for when it is first seen. */
export function createHeaderSection(
  ask: () => Promise<HeaderChunk[]>,
  text: OutStrings,
): { element: HTMLElement; show(): void } {
  const body = element('div');
  let asked = false;
  return {
    element: body,
    show() {
      if (asked) return;
      asked = true;
      ask().then(
        (chunks) => body.replaceChildren(buildHeaderTable(chunks, text)),
        (error: unknown) => {
          asked = false;
          const message = error instanceof Error ? error.message : String(error);
          body.replaceChildren(element('p', { class: 'quiet', text: message }));
        },
      );
    },
  };
}
