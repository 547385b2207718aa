import type { ReportWord } from '../../src/shared/evaluation/evaluationReport.ts';
import { element } from './elements.ts';
import { fill } from './fill.ts';

export interface AlignedText {
  /** What each kind is called: {0} is the word of the reference, {1} that of the hypothesis. */
  kinds: Record<ReportWord['kind'], string>;
  /** {0} and {1} are seconds. */
  at: string;
  /** {0} percent. */
  sure: string;
}

/**
 * Reference and hypothesis word by word; a word that was heard wrong is a button, the others are text. Kinds differ by
 * marks, not by colour alone.
 */
export function createAlignedWords(
  words: readonly ReportWord[],
  text: AlignedText,
  choose: (word: ReportWord) => void,
): HTMLElement {
  const line = element('span', { class: 'aligned' });
  for (const word of words) line.append(createWord(word, text, choose), document.createTextNode(' '));
  return line;
}

function createWord(word: ReportWord, text: AlignedText, choose: (word: ReportWord) => void): HTMLElement {
  const { kind, reference = '', hypothesis = '', startSec, endSec, confidence } = word;
  const unsure = confidence !== undefined && confidence < 0.5 ? ' unsure' : '';
  if (kind === 'match') return element('bdi', { class: `word${unsure}`, text: hypothesis });
  const when =
    startSec === undefined || endSec === undefined ? [] : [fill(text.at, startSec.toFixed(2), endSec.toFixed(2))];
  const sure = confidence === undefined ? [] : [fill(text.sure, Math.round(100 * confidence))];
  const label = [fill(text.kinds[kind], reference, hypothesis), ...when, ...sure].join(', ');
  const parts = [
    ...(kind === 'insertion' ? [] : [element('del', { text: reference })]),
    ...(kind === 'deletion' ? [] : [element('ins', { text: hypothesis })]),
  ];
  const options = { class: `word wrong ${kind}${unsure}`, label, title: label };
  if (startSec === undefined) return element('span', options, ...parts);
  const button = element('button', { ...options, attributes: { type: 'button' } }, ...parts);
  button.addEventListener('click', () => choose(word));
  return button;
}
