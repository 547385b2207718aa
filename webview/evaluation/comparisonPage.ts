import type {
  ComparedUtterance,
  ModelComparison,
  ReportUtterance,
  ResultCard,
} from '../../src/shared/evaluation/evaluationReport.ts';
import type { OpenedReport } from '../../src/shared/protocol/evaluation.ts';
import { createAlignedWords } from '../ui/alignedWords.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton } from '../ui/toolkit.ts';
import { createPages, rowsPerPage } from './pages.ts';
import type { Strings } from './strings.ts';
import { createUtteranceActions } from './utteranceActions.ts';
import { formatRate, numberCell, placeOfWord, table, tell, type ViewParts } from './viewParts.ts';

const changes = ['broken', 'worse', 'fixed', 'better', 'different', 'same'] as const;
type Change = ComparedUtterance['change'];

/** Two models on the same utterances: whether they differ beyond chance, and what became of each utterance. */
export function createComparisonPage(comparison: ModelComparison, opened: OpenedReport, parts: ViewParts): HTMLElement {
  const { text, remote } = parts;
  const page = createButton({
    text: text.openPage,
    appearance: 'secondary',
    onPress: () => tell(remote.openPage()),
  });
  return element(
    'div',
    { class: 'report' },
    element(
      'header',
      { class: 'head' },
      renderDifference(comparison, text),
      element('div', { class: 'head-actions' }, opened.hasPage ? page : undefined),
    ),
    renderScores(comparison, text),
    createComparedList(comparison, parts),
  );
}

const signed = (rate: number): string => `${rate > 0 ? '+' : rate < 0 ? '−' : ''}${formatRate(Math.abs(rate))}`;
const nameOf = ({ model }: ResultCard): string => model.name || model.path;

function renderDifference({ before, after, significance, onlyBefore, onlyAfter }: ModelComparison, text: Strings) {
  const [low, high] = significance.interval95;
  const alone = onlyBefore.length + onlyAfter.length;
  const chance = significance.p < 0.001 ? '< 0.1 %' : formatRate(significance.p);
  return element(
    'div',
    { class: 'heading' },
    element(
      'h1',
      {},
      element('bdi', { text: nameOf(before) }),
      element('span', { text: ' → ' }),
      element('bdi', { text: nameOf(after) }),
    ),
    element(
      'p',
      { class: 'wer' },
      element('span', { class: 'quiet', text: `${text.difference} ` }),
      element('strong', { text: signed(significance.difference) }),
      element('span', { class: 'quiet', text: ` ${fill(text.interval, signed(low), signed(high))}` }),
    ),
    element('p', { text: fill(text.significant, chance) }),
    alone > 0 ? element('p', { class: 'quiet', text: fill(text.onlyOne, alone) }) : undefined,
  );
}

function renderScores({ before, after, scores }: ModelComparison, text: Strings): HTMLElement {
  const row = (side: string, card: ResultCard, own: ModelComparison['scores']['before']) => {
    const [low, high] = own.interval95;
    return element(
      'tr',
      {},
      element('th', { text: side, attributes: { scope: 'row' } }),
      element('td', { class: 'path' }, element('bdi', { text: card.model.path })),
      element('td', {}, element('bdi', { text: card.decoder })),
      numberCell(formatRate(own.wer)),
      numberCell(`${formatRate(low)} – ${formatRate(high)}`),
      numberCell(formatRate(own.cer)),
      numberCell(own.realTimeFactor.toFixed(4)),
    );
  };
  const head = ['', text.model, text.decoder, text.wer, '95 %', text.cer, text.realTimeFactor];
  const rows = [row(text.before, before, scores.before), row(text.after, after, scores.after)];
  return element('section', { class: 'table-place' }, table(text.comparison, head, 4, rows));
}

function createComparedList({ utterances }: ModelComparison, parts: ViewParts): HTMLElement {
  const { text } = parts;
  const actions = createUtteranceActions(parts);
  const counts = new Map(changes.map((change) => [change, utterances.filter((one) => one.change === change).length]));
  let shown: Change = changes.find((change) => counts.get(change)! > 0) ?? 'same';
  const [body, pages] = [element('tbody'), element('div')];
  const show = (from: number) => {
    actions.clear();
    const found = utterances.filter(({ change }) => change === shown);
    const rows = found.slice(from, from + rowsPerPage).map((one) => comparedRow(one, actions.cell(one.after), parts));
    const nothing = element('tr', {}, element('td', { class: 'quiet', text: text.nothing }));
    body.replaceChildren(...(rows.length > 0 ? rows : [nothing]));
    pages.replaceChildren(createPages(found.length, from, text, show));
  };
  const buttons = changes.map((change) => {
    const label = `${text.changes[change]} ${counts.get(change)}`;
    const attributes = { type: 'button', 'aria-pressed': String(change === shown) };
    const button = element('button', { class: `toggle ${change}`, text: label, attributes });
    button.addEventListener('click', () => {
      for (const other of buttons) other.setAttribute('aria-pressed', String(other === button));
      shown = change;
      show(0);
    });
    return button;
  });
  show(0);
  const head = ['', text.before, text.after].map((name) => element('th', { text: name, attributes: { scope: 'col' } }));
  return element(
    'section',
    { class: 'utterances', label: text.utterances },
    element('h2', { text: text.utterances }),
    element('div', { class: 'filters' }, element('span', { class: 'choice', role: 'group' }, ...buttons)),
    actions.failure,
    element(
      'div',
      { class: 'table-place' },
      element('table', { class: 'list compared' }, element('thead', {}, element('tr', {}, ...head)), body),
    ),
    pages,
  );
}

function comparedRow({ before, after, id }: ComparedUtterance, actions: HTMLElement, parts: ViewParts): HTMLElement {
  const { remote, text } = parts;
  const side = (utterance: ReportUtterance) =>
    element(
      'td',
      { class: 'words', title: id },
      createAlignedWords(utterance.words, text, (word) => tell(remote.openSpectrogram(placeOfWord(utterance, word)))),
    );
  return element('tr', {}, actions, side(before), side(after));
}
