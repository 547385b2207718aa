import { formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import type { Stretch } from '../hand/selection.ts';
import { rememberComparison } from '../tracks/wordTrack.ts';
import { viewportOf } from '../viewModel.ts';
import type { TrackParts } from './modelTracks.ts';
import { nameUnit, type PosteriorTrack } from './posteriorTrack.ts';
import { isAligned, touches } from './references.ts';

const mostRows = 500;

/** What the lanes of models show, as tables: the words in view beside the transcript, alignment, units at the cursor, speech. */
export function createModelDetails({ layout, model, text }: TrackParts, posteriors: PosteriorTrack): { show(): void } {
  const holder = element('div', { class: 'model-details' });
  const compare = rememberComparison(model);
  let shown = '';
  const wordRows = (viewport: Stretch) =>
    compare()
      .words.filter((word) => touches(word, viewport))
      .map(({ kind, text: word, reference, startSec, endSec, confidence }) => [
        kind === 'plain' ? '–' : reference || '–',
        word || '–',
        ...times({ startSec, endSec }),
        percent(confidence),
      ]);
  const alignedRows = (viewport: Stretch) =>
    model.live.state.inspections
      .flatMap(({ alignments }) => alignments.filter(isAligned).flatMap(({ words }) => words))
      .filter((word) => touches(word, viewport))
      .map((word) => [word.text, ...times(word), percent(word.score)]);
  return {
    show() {
      if (!model.state.state.details) return;
      if (!holder.isConnected) layout.details.append(holder);
      const viewport = viewportOf(model);
      const { cursorSec, lanes } = model.state.state;
      const units = (lanes.posteriors && posteriors.likeliest(cursorSec)) || [];
      const speech = (model.live.state.speech?.segments ?? []).filter((one) => touches(one, viewport));
      const tables: TableText[] = [
        {
          title: text.wordsHeard,
          head: [text.right, text.heard, text.start, text.end, text.confidence],
          rows: wordRows(viewport),
        },
        {
          title: text.alignedWords,
          head: [text.word, text.start, text.end, text.score],
          rows: lanes.alignment ? alignedRows(viewport) : [],
        },
        {
          title: fill(text.unitsAt, formatTime(cursorSec)),
          head: [text.unit, text.probability],
          rows: units.map(({ unit, probability }) => [nameUnit(unit, text), percent(probability)]),
        },
        { title: text.speechStretches, head: [text.start, text.end], rows: lanes.speech ? speech.map(times) : [] },
      ].filter(({ rows }) => rows.length > 0);
      const key = JSON.stringify(tables);
      if (key === shown) return;
      shown = key;
      holder.replaceChildren(...tables.flatMap((table) => renderTable(table, text.more)));
    },
  };
}

interface TableText {
  title: string;
  head: string[];
  rows: string[][];
}

const times = ({ startSec, endSec }: Stretch): string[] => [formatTime(startSec, 2), formatTime(endSec, 2)];
const percent = (share: number | undefined): string => (share === undefined ? '–' : `${Math.round(share * 100)} %`);

function renderTable({ title, head, rows }: TableText, more: string): HTMLElement[] {
  const header = element('tr', {}, ...head.map((text) => element('th', { text, attributes: { scope: 'col' } })));
  const body = rows
    .slice(0, mostRows)
    .map((cells) => element('tr', {}, ...cells.map((text) => element('td', { text }))));
  const rest = rows.length - mostRows;
  return [
    element('h2', { text: title }),
    element('table', { class: 'word-table' }, header, ...body),
    ...(rest > 0 ? [element('p', { class: 'quiet', text: fill(more, rest) })] : []),
  ];
}
