import type { DatasetFilter } from '../../src/shared/datasetFacts.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { format, type ShownManifest } from './pictures.ts';
import type { Strings } from './strings.ts';

type Pick = (manifest: number, filter: DatasetFilter, title: string) => void;

interface Row {
  name: string;
  cells: string[];
  filter: DatasetFilter;
}

/** Speakers, words, unknown words and formats of one manifest; a name leads to its lines. */
export function rankTables(
  { statistics, levels }: ShownManifest,
  manifest: number,
  first: string,
  text: Strings,
  pick: Pick,
): HTMLElement {
  const { topSpeakers, topWords, outOfVocabulary } = statistics;
  const table = (title: string, head: string[], rows: Row[]) =>
    rows.length === 0 ? undefined : renderTable(title, head, rows, (row) => pick(manifest, row.filter, row.name));
  const counted =
    (by: 'word' | 'encoding') =>
    ({ name, count }: { name: string; count: number }) => ({
      name,
      cells: [format(count)],
      filter: { by, value: name },
    });
  const speakers = topSpeakers.map(({ name, utterances, durationSec }) => ({
    name,
    cells: [format(utterances), (durationSec / 3600).toFixed(2)],
    filter: { by: 'speaker', value: name } as const,
  }));
  const unknown = outOfVocabulary?.most.map(counted('word')) ?? [];
  const every = { name: text.allUnknown, cells: [''], filter: { by: 'unknownWords' } as const };
  return element(
    'div',
    { class: 'ranks' },
    table(text.speakersTitle, [text.name, text.count, text.hours], speakers),
    table(text.wordsTitle, [text.name, text.count], topWords.map(counted('word'))),
    table(fill(text.unknownTitle, first), [text.name, text.count], unknown.length > 0 ? [every, ...unknown] : []),
    table(text.formats, [text.name, text.count], levels?.formats.map(counted('encoding')) ?? []),
  );
}

function renderTable(title: string, head: string[], rows: Row[], choose: (row: Row) => void): HTMLElement {
  const lines = rows.map((row) => {
    const button = element('button', { class: 'link', text: row.name, attributes: { type: 'button' } });
    button.addEventListener('click', () => choose(row));
    return element(
      'tr',
      {},
      element('td', {}, button),
      ...row.cells.map((cell) => element('td', { class: 'number', text: cell })),
    );
  });
  return element(
    'table',
    { class: 'rank' },
    element('caption', { text: title }),
    element('thead', {}, element('tr', {}, ...head.map((name) => element('th', { text: name })))),
    element('tbody', {}, ...lines),
  );
}
