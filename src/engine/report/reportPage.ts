import { cardRows, errors, interval, percent, scoreRows } from '../../asr/evaluation/cardRows.ts';
import type {
  Confusion,
  EvaluationReport,
  ReportSlice,
  ResultCard,
  SliceKind,
} from '../../shared/evaluation/evaluationReport.ts';
import { renderProblem } from '../../shared/problem.ts';
import { alignedWords, contents, legend, origin, scoreFigures, section, table, totalErrors } from './pageParts.ts';
import { pageStyle } from './pageStyle.ts';
import { element, type HtmlElement, renderHtml } from './renderHtml.ts';

/** Confusions shown of each list; `report.json` has all. */
const shownConfusions = 40;

/** `report.html`: the report for readers, complete in one file. */
export function reportPage(report: EvaluationReport): string {
  const { card, scores, combined } = report;
  const places = new Map(report.utterances.map(({ id }, i) => [id, `u${i + 1}`]));
  const sections = [
    ...(combined ? [combinedSection(combined)] : []),
    cardSection(report),
    ...sliceSections(report.slices),
    confusionSection(report, places),
    ...(report.reliability.length > 0 ? [reliabilitySection(report)] : []),
    ...(report.problems.length > 0 ? [problemSection(report)] : []),
    utteranceSection(report, places),
  ];
  const title = `${card.model.name}: ${percent(scores.wer)} word error rate`;
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
        element('p', { class: 'faint' }, summary(card)),
        contents(sections.map(headingOf)),
      ),
      element('main', {}, scoreFigures(scores), sections),
    ),
  });
}

const summary = ({ manifest, decoder, languageModel, date }: ResultCard): string =>
  `${manifest.path}, ${decoder}, ${languageModel ? `language model ${languageModel.path}` : 'no language model'}, ${date}`;

/** Sections begin with their heading. */
function headingOf({ attributes, children }: HtmlElement): [string, string] {
  const [heading] = children;
  const [text] = typeof heading === 'object' && 'children' in heading ? heading.children : [];
  return [attributes.id ?? '', typeof text === 'string' ? text : ''];
}

function combinedSection(combined: NonNullable<EvaluationReport['combined']>): HtmlElement {
  const rows = combined.map(({ name, wer, interval95, cer, words, realTimeFactor }) => ({
    cells: [name, percent(wer), interval(interval95), percent(cer), errors(words, 'words'), realTimeFactor.toFixed(4)],
  }));
  const heads = [
    'Model',
    { number: 'WER' },
    { number: '95 % interval' },
    { number: 'CER' },
    'Errors',
    { number: 'Real-time factor' },
  ];
  return section('models', 'Models and their combinations', table(heads, rows));
}

const cardSection = ({ card, scores }: EvaluationReport): HtmlElement => {
  const rows = [...scoreRows(scores), ...cardRows(card)].map((cells) => ({ cells }));
  return section('card', 'Result card', table(['', ''], rows));
};

const sliceNames: Readonly<Record<SliceKind, string>> = {
  speaker: 'By speaker',
  duration: 'By duration',
  speechRate: 'By speech rate',
  snr: 'By signal-to-noise ratio (estimated)',
};

function sliceSections(slices: readonly ReportSlice[]): HtmlElement[] {
  const worst = Math.max(...slices.map(({ wer }) => wer));
  return Object.entries(sliceNames).flatMap(([by, heading]) => {
    const own = slices.filter((slice) => slice.by === by);
    if (own.length === 0) return [];
    const rows = own.map(({ name, utterances, words, wer, interval95 }) => ({
      cells: [
        element('bdi', {}, name),
        String(utterances),
        String(words.reference),
        percent(wer),
        interval(interval95),
        worst > 0 ? element('meter', { value: wer, max: worst, 'aria-label': percent(wer) }) : '',
      ],
    }));
    const heads = [
      'Part',
      { number: 'Utterances' },
      { number: 'Words' },
      { number: 'WER' },
      { number: '95 % interval' },
      '',
    ];
    return section(`by-${by}`, heading, table(heads, rows));
  });
}

function confusionSection({ confusions }: EvaluationReport, places: ReadonlyMap<string, string>): HtmlElement {
  const list = (caption: string, all: readonly Confusion[]) => {
    const rows = all.slice(0, shownConfusions).map(({ reference, hypothesis, count, utterances }) => ({
      cells: [
        text(reference),
        text(hypothesis),
        String(count),
        utterances.slice(0, 3).map((id) => {
          const place = places.get(id);
          return place === undefined ? '' : [element('a', { to: place }, place.slice(1)), ' '];
        }),
      ],
    }));
    const more = all.length > shownConfusions ? `, the ${shownConfusions} most frequent of ${all.length}` : '';
    return table(['Said', 'Recognised', { number: 'Times' }, 'Such as'], rows, `${caption}${more}`);
  };
  return section(
    'confusions',
    'Confusions',
    element('div', { class: 'side' }, list('Words', confusions.words), list('Characters', confusions.characters)),
  );
}

/** A space and nothing must be told apart. */
const text = (unit: string): HtmlElement =>
  unit === ''
    ? element('small', {}, '(nothing)')
    : unit === ' '
      ? element('small', {}, '(space)')
      : element('bdi', {}, unit);

function reliabilitySection({ reliability }: EvaluationReport): HtmlElement {
  const rows = reliability.map(({ lowConfidence, highConfidence, words, meanConfidence, right }) => ({
    cells: [
      `${(100 * lowConfidence).toFixed(0)}–${(100 * highConfidence).toFixed(0)} %`,
      String(words),
      percent(meanConfidence),
      percent(right / words),
    ],
  }));
  const heads = ['Confidence', { number: 'Words' }, { number: 'Mean confidence' }, { number: 'Right' }];
  return section('reliability', 'Confidence against right words', table(heads, rows));
}

const problemSection = ({ problems }: EvaluationReport): HtmlElement =>
  section(
    'problems',
    'Problems',
    element(
      'ul',
      {},
      problems.map((problem) => element('li', {}, renderProblem(problem))),
    ),
  );

function utteranceSection(report: EvaluationReport, places: ReadonlyMap<string, string>): HtmlElement {
  const rows = [...report.utterances]
    .sort((a, b) => totalErrors(b) - totalErrors(a) || a.line - b.line)
    .map((utterance) => {
      const place = places.get(utterance.id)!;
      return {
        id: place,
        cells: [
          place.slice(1),
          origin(utterance),
          alignedWords(utterance.words),
          `${totalErrors(utterance)}/${utterance.counts.reference}`,
          utterance.durationSec.toFixed(2),
          utterance.snrDb === undefined ? '–' : utterance.snrDb.toFixed(0),
        ],
      };
    });
  const heads = [
    { number: 'No.' },
    'Recording',
    'Said and recognised',
    { number: 'Errors' },
    { number: 'Seconds' },
    { number: 'SNR, dB' },
  ];
  return section('utterances', 'Utterances, most errors first', legend(), table(heads, rows));
}
