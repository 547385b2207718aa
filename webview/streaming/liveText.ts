import { element } from '../ui/elements.ts';
import { isGoing, type StreamRun } from './streamRun.ts';
import type { Strings } from './strings.ts';

export interface LiveText {
  readonly element: HTMLElement;
  show(run: StreamRun): void;
}

/** Final texts with their times, and under them what is not final yet. */
export function createLiveText(text: Strings): LiveText {
  const finals = element('ol', { class: 'finals', attributes: { 'aria-live': 'polite' } });
  const settled = element('bdi');
  const ahead = element('bdi', { class: 'ahead' });
  const partial = element('p', { class: 'partial', title: text.partial }, settled, ahead);
  const nothing = element('p', { class: 'quiet' });
  let shown = 0;
  return {
    element: element(
      'section',
      { class: 'live-text' },
      element('h3', { text: text.heardText }),
      finals,
      partial,
      nothing,
    ),
    show(run) {
      if (run.finals.length < shown) {
        finals.replaceChildren();
        shown = 0;
      }
      for (const { text: said, startSec, endSec } of run.finals.slice(shown))
        finals.append(
          element(
            'li',
            {},
            element('span', { class: 'said-at', text: `${startSec.toFixed(2)}–${endSec.toFixed(2)} s` }),
            element('bdi', { class: 'said', text: said }),
          ),
        );
      shown = run.finals.length;
      settled.textContent = run.partial.slice(0, run.settledLength);
      ahead.textContent = run.partial.slice(run.settledLength);
      partial.hidden = run.partial === '';
      nothing.hidden = shown > 0 || run.partial !== '';
      nothing.textContent = isGoing(run) ? text.nothingHeard : text.nothingUnderstood;
    },
  };
}
