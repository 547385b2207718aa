import { errors, interval, percent } from '../../asr/evaluation/cardRows.ts';
import type { ReportScores, ReportUtterance, ReportWord } from '../../shared/evaluation/evaluationReport.ts';
import { element, type HtmlChild, type HtmlElement } from './renderHtml.ts';

/** A table with a head; columns of figures stand to the right, and a first column without a name heads its rows. */
export function table(
  heads: readonly (string | { number: string })[],
  rows: readonly { id?: string; cells: readonly HtmlChild[] }[],
  caption?: string,
): HtmlElement {
  const isNumber = (column: number) => typeof heads[column] === 'object';
  const side = (column: number) => (isNumber(column) ? { class: 'number' } : {});
  const head = heads.map((name, column) =>
    element('th', { scope: 'col', ...side(column) }, typeof name === 'string' ? name : name.number),
  );
  const body = rows.map(({ id, cells }) =>
    element(
      'tr',
      id === undefined ? {} : { id },
      cells.map((cell, column) =>
        column === 0 && heads[0] === '' ? element('th', { scope: 'row' }, cell) : element('td', side(column), cell),
      ),
    ),
  );
  return element(
    'div',
    { class: 'scroll' },
    element(
      'table',
      {},
      caption === undefined ? [] : element('caption', {}, caption),
      heads.every((name) => name === '') ? [] : element('thead', {}, element('tr', {}, head)),
      element('tbody', {}, body),
    ),
  );
}

/** Reference and hypothesis in one line: what is missing struck out after −, what was put in underlined after +. */
export function alignedWords(words: readonly ReportWord[]): HtmlElement {
  return element(
    'span',
    { class: 'words' },
    words.map((word) => [
      element('span', describe(word), wordParts(word)),
      // Copied and read aloud, words stay apart.
      ' ',
    ]),
  );
}

function wordParts({ kind, reference = '', hypothesis = '' }: ReportWord): HtmlChild {
  switch (kind) {
    case 'match':
      return element('bdi', {}, reference);
    case 'deletion':
      return missing(reference);
    case 'insertion':
      return added(hypothesis);
    case 'substitution':
      return [missing(reference), ' ', added(hypothesis)];
  }
}

const missing = (text: string): HtmlElement =>
  element('span', { class: 'missing' }, '−', element('del', {}, element('bdi', {}, text)));

const added = (text: string): HtmlElement =>
  element('span', { class: 'added' }, '+', element('ins', {}, element('bdi', {}, text)));

function describe({ startSec, endSec, confidence }: ReportWord): { title?: string } {
  const parts = [
    ...(startSec === undefined || endSec === undefined ? [] : [`${startSec.toFixed(2)}–${endSec.toFixed(2)} s`]),
    ...(confidence === undefined ? [] : [`confidence ${percent(confidence)}`]),
  ];
  return parts.length > 0 ? { title: parts.join(', ') } : {};
}

export const legend = (): HtmlElement =>
  element(
    'p',
    { class: 'faint' },
    missing('struck out'),
    ' was said and not recognised, ',
    added('underlined'),
    ' was recognised and not said; both together are a word taken for another.',
  );

/** The recording and who speaks. */
export const origin = ({ audioFilepath, offsetSec, speaker, line }: ReportUtterance): HtmlChild => [
  element('bdi', {}, audioFilepath),
  offsetSec > 0 ? ` from ${offsetSec.toFixed(2)} s` : '',
  ' ',
  element('small', {}, `line ${line}`, speaker === undefined ? '' : [', ', element('bdi', {}, speaker)]),
];

export const totalErrors = ({ counts }: ReportUtterance): number =>
  counts.substitutions + counts.deletions + counts.insertions;

/** Headline figures. */
export const figures = (entries: readonly (readonly [label: string, figure: string, more: string])[]): HtmlElement =>
  element(
    'dl',
    { class: 'figures' },
    entries.map(([label, figure, more]) =>
      element('div', {}, element('dt', {}, label), element('dd', {}, figure, element('small', {}, more))),
    ),
  );

export const scoreFigures = (scores: ReportScores): HtmlElement =>
  figures([
    ['Word error rate', percent(scores.wer), `95 % interval ${interval(scores.interval95)}`],
    ['Words', String(scores.words.reference), errors(scores.words, 'words')],
    ['Character error rate', percent(scores.cer), errors(scores.characters, 'characters')],
    [
      'Utterances with an error',
      percent(scores.sentenceErrorRate),
      `of ${scores.utterances}; ${scores.skipped} left out, ${scores.excluded} excluded`,
    ],
    ['Real-time factor', scores.realTimeFactor.toFixed(4), 'time taken over audio'],
  ]);

/** A part of the page with its heading, which the contents link to. */
export const section = (id: string, heading: string, ...children: HtmlChild[]): HtmlElement =>
  element('section', { id }, element('h2', {}, heading), children);

export const contents = (entries: readonly (readonly [id: string, heading: string])[]): HtmlElement =>
  element(
    'nav',
    { 'aria-label': 'Contents' },
    element(
      'ul',
      {},
      entries.map(([id, heading]) => element('li', {}, element('a', { to: id }, heading))),
    ),
  );
