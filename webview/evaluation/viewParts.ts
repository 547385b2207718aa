import type { ReportUtterance, ReportWord } from '../../src/shared/evaluation/evaluationReport.ts';
import type { Remote } from '../../src/shared/protocol/channel.ts';
import type { EvaluationHost, HeardPlace } from '../../src/shared/protocol/evaluation.ts';
import { element } from '../ui/elements.ts';
import type { Strings } from './strings.ts';

export interface ViewParts {
  remote: Remote<EvaluationHost>;
  text: Strings;
}

/** Sends what needs no answer. */
export const tell = (sent: Promise<void>): void => void sent.catch(() => {});

/** The stretch of its recording that an utterance is. */
export const placeOf = ({ audio, offsetSec, durationSec }: ReportUtterance): HeardPlace => ({
  audio,
  startSec: offsetSec,
  endSec: offsetSec + durationSec,
});

export const placeOfWord = (utterance: ReportUtterance, { startSec, endSec }: ReportWord): HeardPlace => ({
  ...placeOf(utterance),
  ...(startSec === undefined ? {} : { startSec }),
  ...(endSec === undefined ? {} : { endSec }),
});

export const formatRate = (rate: number): string => `${(100 * rate).toFixed(1)} %`;

export const numberCell = (text: string): HTMLElement => element('td', { class: 'number', text });

/** The last `numbers` columns are numbers. */
export function table(
  title: string,
  head: readonly string[],
  numbers: number,
  rows: readonly HTMLElement[],
): HTMLTableElement {
  const names = head.map((name, i) =>
    element('th', {
      ...(i >= head.length - numbers ? { class: 'number' } : {}),
      text: name,
      attributes: { scope: 'col' },
    }),
  );
  return element(
    'table',
    { class: 'small' },
    element('caption', { text: title }),
    element('thead', {}, element('tr', {}, ...names)),
    element('tbody', {}, ...rows),
  );
}

export function linkButton(text: string, onPress: () => void): HTMLButtonElement {
  const button = element('button', { class: 'link', text, attributes: { type: 'button' } });
  button.addEventListener('click', onPress);
  return button;
}

/** A share as a bar behind its number. */
export function barCell(share: number, most: number, label: string): HTMLElement {
  const cell = element('td', { class: 'number bar-cell', text: label });
  cell.style.setProperty('--share', String(most > 0 ? share / most : 0));
  return cell;
}
