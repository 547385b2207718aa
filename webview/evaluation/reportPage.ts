import { cardRows, scoreRows } from '../../src/asr/evaluation/cardRows.ts';
import type {
  Confusion,
  EvaluationReport,
  ReportScores,
  ReportSlice,
} from '../../src/shared/evaluation/evaluationReport.ts';
import { sliceKinds } from '../../src/shared/evaluation/evaluationReport.ts';
import { renderProblem } from '../../src/shared/problem.ts';
import type { OpenedReport } from '../../src/shared/protocol/evaluation.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton } from '../ui/toolkit.ts';
import type { Strings } from './strings.ts';
import { createUtteranceTable, type UtteranceTable } from './utteranceTable.ts';
import { barCell, formatRate, linkButton, numberCell, table, tell, type ViewParts } from './viewParts.ts';

/** One report: its figures, where the errors are, every utterance, and the card. */
export function createReportPage(report: EvaluationReport, opened: OpenedReport, parts: ViewParts): HTMLElement {
  const { text, remote } = parts;
  const list = createUtteranceTable(report.utterances, parts);
  const button = (label: string, onPress: () => void) =>
    createButton({ text: label, appearance: 'secondary', onPress });
  const command = report.card.command.join(' ');
  return element(
    'div',
    { class: 'report' },
    element(
      'header',
      { class: 'head' },
      renderHeading(report, text),
      element(
        'div',
        { class: 'head-actions' },
        button(text.compare, () => tell(remote.compare())),
        opened.hasPage ? button(text.openPage, () => tell(remote.openPage())) : undefined,
        button(text.copyCommand, () => tell(remote.copyText(command))),
      ),
    ),
    renderFigures(report.scores, text),
    report.combined ? renderCombined(report.combined, text) : undefined,
    list.element,
    renderSlices(report.slices, list, text),
    renderConfusions(report, list, text),
    renderReliability(report, text),
    renderCard(report, text),
    renderProblems(report, text),
  );
}

function renderHeading({ card, scores }: EvaluationReport, text: Strings): HTMLElement {
  const [low, high] = scores.interval95;
  return element(
    'div',
    { class: 'heading' },
    element('h1', {}, element('bdi', { text: card.model.name || card.model.path })),
    element('p', { class: 'quiet' }, element('bdi', { text: `${card.manifest.path} · ${card.decoder}` })),
    element(
      'p',
      { class: 'wer' },
      element('span', { class: 'quiet', text: `${text.wer} ` }),
      element('strong', { text: formatRate(scores.wer) }),
      element('span', { class: 'quiet', text: ` ${fill(text.interval, formatRate(low), formatRate(high))}` }),
    ),
  );
}

function renderFigures(scores: ReportScores, text: Strings): HTMLElement {
  const { substitutions, deletions, insertions, reference } = scores.words;
  const rows: [string, string][] = [
    [text.words, fill(text.errors, substitutions, deletions, insertions, reference)],
    [text.cer, formatRate(scores.cer)],
    [text.sentences, formatRate(scores.sentenceErrorRate)],
    [text.utterances, fill(text.leftOut, scores.utterances, scores.skipped, scores.excluded)],
    [text.realTimeFactor, scores.realTimeFactor.toFixed(4)],
  ];
  const items = rows.flatMap(([name, value]) => [element('dt', { text: name }), element('dd', { text: value })]);
  return element('dl', { class: 'figures' }, ...items);
}

function renderCombined(combined: NonNullable<EvaluationReport['combined']>, text: Strings): HTMLElement {
  const rows = combined.map(({ name, wer, cer, interval95: [low, high], realTimeFactor }) =>
    element(
      'tr',
      {},
      element('th', { attributes: { scope: 'row' } }, element('bdi', { text: name })),
      numberCell(formatRate(wer)),
      numberCell(`${formatRate(low)} – ${formatRate(high)}`),
      numberCell(formatRate(cer)),
      numberCell(realTimeFactor.toFixed(4)),
    ),
  );
  const head = [text.model, text.wer, '95 %', text.cer, text.realTimeFactor];
  return element('section', {}, table(text.combined, head, 4, rows));
}

/** Error rates of parts of the data; the bar is the rate against the highest of its kind. */
function renderSlices(slices: readonly ReportSlice[], list: UtteranceTable, text: Strings): HTMLElement {
  const tables = sliceKinds.flatMap((by) => {
    const own = slices.filter((slice) => slice.by === by);
    if (own.length === 0) return [];
    const most = Math.max(...own.map(({ wer }) => (Number.isFinite(wer) ? wer : 0)));
    const rows = own.map(({ name, utterances, words, wer, interval95: [low, high] }) =>
      element(
        'tr',
        {},
        element(
          'td',
          {},
          linkButton(name, () => list.filter({ slice: { by, name } }, name)),
        ),
        numberCell(String(utterances)),
        numberCell(String(words.reference)),
        barCell(wer, most, formatRate(wer)),
        numberCell(`${formatRate(low)} – ${formatRate(high)}`),
      ),
    );
    const head = [text.slice, text.utterances, text.words, 'WER', '95 %'];
    return [table(text.sliceKinds[by], head, 4, rows)];
  });
  if (tables.length === 0) return element('section');
  return element('section', {}, element('h2', { text: text.slices }), element('div', { class: 'tables' }, ...tables));
}

function renderConfusions({ confusions }: EvaluationReport, list: UtteranceTable, text: Strings): HTMLElement {
  const shownWord = (word: string) => (word === '' ? text.nothingSaid : word === ' ' ? text.space : word);
  const rowsOf = (found: readonly Confusion[], choose?: (confusion: Confusion, name: string) => void) =>
    found.slice(0, mostConfusions).map((confusion) => {
      const { reference, hypothesis, count } = confusion;
      const [said, heard] = [shownWord(reference), shownWord(hypothesis)];
      const first = choose
        ? linkButton(said, () => choose(confusion, `${said} → ${heard}`))
        : element('bdi', { text: said });
      return element(
        'tr',
        {},
        element('td', {}, first),
        element('td', {}, element('bdi', { text: heard })),
        barCell(count, found[0]!.count, String(count)),
      );
    });
  const head = [text.said, text.heard, text.count];
  const words = rowsOf(confusions.words, ({ reference, hypothesis }, name) =>
    list.filter({ confusion: { reference, hypothesis } }, name),
  );
  if (words.length === 0) return element('section');
  const characters = rowsOf(confusions.characters);
  return element(
    'section',
    {},
    element('h2', { text: text.confusions }),
    element(
      'div',
      { class: 'tables' },
      table(text.wordConfusions, head, 1, words),
      table(text.characterConfusions, head, 1, characters),
    ),
  );
}
const mostConfusions = 25;

function renderReliability({ reliability }: EvaluationReport, text: Strings): HTMLElement {
  const filled = reliability.filter(({ words }) => words > 0);
  if (filled.length === 0) return element('section');
  const rows = filled.map(({ lowConfidence, highConfidence, words, meanConfidence, right }) =>
    element(
      'tr',
      {},
      element('th', {
        text: `${Math.round(100 * lowConfidence)}–${Math.round(100 * highConfidence)} %`,
        attributes: { scope: 'row' },
      }),
      numberCell(String(words)),
      barCell(meanConfidence, 1, formatRate(meanConfidence)),
      barCell(right / words, 1, formatRate(right / words)),
    ),
  );
  const head = [text.confidence, text.words, text.confidence, text.right];
  return element(
    'section',
    {},
    element('h2', { text: text.reliability }),
    element('div', { class: 'tables' }, table(text.reliabilityNote, head, 3, rows)),
  );
}

function renderCard({ card, scores }: EvaluationReport, text: Strings): HTMLElement {
  const items = [...scoreRows(scores), ...cardRows(card)].flatMap(([name, value]) => [
    element('dt', { text: name }),
    element('dd', {}, element('bdi', { text: value })),
  ]);
  return element(
    'details',
    { class: 'card' },
    element('summary', { text: text.card }),
    element('dl', { class: 'figures' }, ...items),
  );
}

function renderProblems({ problems }: EvaluationReport, text: Strings): HTMLElement {
  if (problems.length === 0) return element('section');
  const lines = problems.map((problem) => element('li', { text: renderProblem(problem) }));
  return element('section', {}, element('h2', { text: text.problems }), element('ul', { class: 'problems' }, ...lines));
}
