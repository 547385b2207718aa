import { cardRows, errors, interval, percent } from '../../asr/evaluation/cardRows.ts';
import type { ComparedUtterance, ModelComparison } from '../../shared/evaluation/evaluationReport.ts';
import { alignedWords, contents, figures, legend, origin, section, table, totalErrors } from './pageParts.ts';
import { pageStyle } from './pageStyle.ts';
import { element, type HtmlElement, renderHtml } from './renderHtml.ts';

const changes: readonly (readonly [ComparedUtterance['change'], string])[] = [
  ['fixed', 'Fixed: wrong before, right after'],
  ['better', 'Better: fewer errors'],
  ['worse', 'Worse: more errors'],
  ['broken', 'Broken: right before, wrong after'],
  ['different', 'Different: as many errors, another text'],
];

/** `comparison.html`: two reports side by side, complete in one file. */
export function comparisonPage(comparison: ModelComparison): string {
  const { before, after } = comparison;
  const lists = changes.flatMap(([change, heading]) => {
    const own = comparison.utterances.filter((utterance) => utterance.change === change);
    return own.length > 0 ? [{ id: change, heading: `${heading} (${own.length})`, own }] : [];
  });
  const title = `${before.model.name} and ${after.model.name} compared`;
  const same = comparison.utterances.filter(({ change }) => change === 'same').length;
  const entries = [['scores', 'Scores'], ...lists.map(({ id, heading }) => [id, heading]), ['cards', 'Result cards']];
  return renderHtml({
    title,
    style: pageStyle,
    body: element(
      'body',
      {},
      element(
        'header',
        {},
        element('h1', {}, title),
        element('p', { class: 'faint' }, `before: ${before.model.path}; after: ${after.model.path}`),
        contents(entries.map(([id, heading]) => [id!, heading!] as const)),
      ),
      element(
        'main',
        {},
        significanceFigures(comparison),
        scoreSection(comparison),
        legend(),
        lists.map(({ id, heading, own }) => section(id, heading, changedTable(own))),
        element('p', {}, `${same} utterances are the same.`, only(comparison)),
        cardsSection(comparison),
      ),
    ),
  });
}

function only({ onlyBefore, onlyAfter }: ModelComparison): string {
  if (onlyBefore.length + onlyAfter.length === 0) return '';
  return ` Left out of the comparison: ${onlyBefore.length} utterances that only the first report has, ${onlyAfter.length} that only the second has.`;
}

function significanceFigures({ significance }: ModelComparison): HtmlElement {
  const { difference, interval95, p, method, utterances } = significance;
  const how = method === 'normal' ? 'by the normal distribution' : 'exactly, over all choices of signs';
  return figures([
    [
      'Difference of WER, after − before',
      signedPoints(difference),
      `95 % interval ${signedPoints(interval95[0])} to ${signedPoints(interval95[1])}`,
    ],
    [
      'Chance of such a difference',
      p < 0.0001 ? 'p < 0.0001' : `p = ${p.toFixed(4)}`,
      `matched pairs, two-sided, ${how}`,
    ],
    ['Utterances', String(utterances), 'that both have'],
  ]);
}

/** A difference of rates in percentage points. */
export const signedPoints = (rate: number): string =>
  `${rate > 0 ? '+' : rate < 0 ? '−' : ''}${(100 * Math.abs(rate)).toFixed(2)} points`;

function scoreSection({ scores, before, after }: ModelComparison): HtmlElement {
  const rows = [['before', before, scores.before] as const, ['after', after, scores.after] as const].map(
    ([side, card, own]) => ({
      cells: [
        `${side}: ${card.model.name}`,
        percent(own.wer),
        interval(own.interval95),
        percent(own.cer),
        percent(own.sentenceErrorRate),
        errors(own.words, 'words'),
        own.realTimeFactor.toFixed(4),
      ],
    }),
  );
  const heads = [
    'Report',
    { number: 'WER' },
    { number: '95 % interval' },
    { number: 'CER' },
    { number: 'Utterances with an error' },
    'Errors',
    { number: 'Real-time factor' },
  ];
  return section('scores', 'Scores', table(heads, rows));
}

/** Both cards line by line; lines that differ say so in words. */
function cardsSection({ before, after }: ModelComparison): HtmlElement {
  const [own, theirs] = [new Map(cardRows(before)), new Map(cardRows(after))];
  const labels = [...new Set([...own.keys(), ...theirs.keys()])];
  const rows = labels.map((label) => {
    const [a, b] = [own.get(label) ?? '–', theirs.get(label) ?? '–'];
    return { cells: [label, a, b, a === b ? '' : element('strong', {}, 'differs')] };
  });
  return section('cards', 'Result cards', table(['', 'Before', 'After', ''], rows));
}

function changedTable(utterances: readonly ComparedUtterance[]): HtmlElement {
  const rows = utterances.map(({ before, after }) => ({
    cells: [
      origin(before),
      alignedWords(before.words),
      alignedWords(after.words),
      `${totalErrors(before)} → ${totalErrors(after)} of ${after.counts.reference}`,
    ],
  }));
  return table(['Recording', 'Before', 'After', { number: 'Errors' }], rows);
}
