import type { StreamDifference } from '../../src/shared/streaming/streamEvents.ts';
import { createChartTable } from '../ui/chartTable.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import type { Strings } from './strings.ts';

export interface DifferenceView {
  readonly element: HTMLElement;
  /** Words are undefined until the recording has been played to its end. */
  show(words: readonly StreamDifference[] | undefined, going: boolean): void;
}

/** The result at once over the stream's, word under word, with the same as a table. */
export function createDifference(text: Strings): DifferenceView {
  let shown: readonly StreamDifference[] = [];
  const note = element('p', { class: 'quiet' });
  const pairs = element('div', { class: 'pairs', role: 'img' });
  const table = createChartTable(text, (maxRows) => ({
    head: [text.time, text.atOnce, text.asStream, text.kind, text.edge],
    rows: shown.slice(-maxRows).map((word) => rowOf(word, text)),
    omitted: Math.max(0, shown.length - maxRows),
  }));
  const title = element('h3', { text: text.difference });
  return {
    element: element('section', { class: 'difference' }, title, note, pairs, table.element),
    show(words, going) {
      shown = words ?? [];
      const differ = shown.some(({ kind }) => kind !== 'match');
      note.textContent = words ? (differ ? text.differenceHelp : text.same) : going ? text.waiting : text.notCompared;
      pairs.hidden = shown.length === 0;
      table.element.hidden = shown.length === 0;
      pairs.setAttribute('aria-label', sayDifferences(shown, text));
      pairs.replaceChildren(...shown.map((word) => pairOf(word, text)));
      table.refresh();
    },
  };
}

function pairOf(word: StreamDifference, text: Strings): HTMLElement {
  const { kind, offline, streamed, edgeSec } = word;
  const title = [
    `${word.startSec.toFixed(2)} s`,
    text.kinds[kind],
    edgeSec === undefined ? '' : fill(text.edgeAt, edgeSec.toFixed(2)),
  ];
  const mark = edgeSec === undefined ? undefined : element('span', { class: 'edge', text: '┆' });
  const pair = element(
    'div',
    { class: `pair ${kind}`, title: title.filter((part) => part !== '').join(' · ') },
    element('bdi', { class: 'at-once', text: offline ?? '∅' }),
    element('bdi', { class: 'as-stream', text: streamed ?? '∅' }),
    mark,
  );
  return pair;
}

function rowOf({ kind, offline, streamed, startSec, edgeSec }: StreamDifference, text: Strings): string[] {
  const edge = edgeSec === undefined ? '' : `${edgeSec.toFixed(2)} s`;
  return [`${startSec.toFixed(2)} s`, offline ?? '', streamed ?? '', text.kinds[kind], edge];
}

function sayDifferences(words: readonly StreamDifference[], text: Strings): string {
  const differing = words.filter(({ kind }) => kind !== 'match');
  if (differing.length === 0) return text.same;
  return differing
    .map(({ kind, offline, streamed }) => `${[offline, streamed].filter(Boolean).join(' → ')}: ${text.kinds[kind]}`)
    .join('; ');
}
