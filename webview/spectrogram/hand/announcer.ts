import { formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { bandsText } from '../readout.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { HandText } from './handText.ts';

/** Says to screen readers what keys have changed where nothing that has the focus says it. */
export interface Announcer {
  readonly element: HTMLElement;
  say(words: string): void;
  /** What is seen, once the keys have paused. */
  sayView(): void;
}

const pauseMs = 250;

export function createAnnouncer(model: ViewModel, text: HandText): Announcer {
  const region = element('div', { class: 'announced unseen', attributes: { 'aria-live': 'polite' } });
  let waiting: number | undefined;
  const say = (words: string) => {
    window.clearTimeout(waiting);
    region.textContent = words;
  };
  return {
    element: region,
    say,
    sayView() {
      window.clearTimeout(waiting);
      waiting = window.setTimeout(() => {
        const { startSec, endSec } = viewportOf(model);
        say(fill(text.shows, formatTime(startSec), formatTime(endSec), bandsText(model)));
      }, pauseMs);
    },
  };
}
