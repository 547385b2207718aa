import type { RunModel } from '../../../src/shared/run/runModel.ts';
import { element } from '../../ui/elements.ts';
import { type Noticed, noticedRow } from '../noticedRow.ts';
import type { PanelParts } from '../panelParts.ts';
import type { Strings } from '../strings.ts';

/** Guards and skipped batches by step, latest first; a guard comes with its remedy. */
export function noticedIn({ guards, skipped }: RunModel, text: Strings): Noticed[] {
  return [
    ...guards.map(
      ({ step, severity, code, message, remedy }): Noticed => ({
        step,
        severity,
        text: `${code}: ${message}; ${remedy}`,
      }),
    ),
    ...skipped.map(
      ({ step, reason, utterances }): Noticed => ({
        step,
        severity: reason === 'overflow' ? 'info' : 'error',
        text: `${reason === 'overflow' ? text.skippedOverflow : text.skippedNonFinite}: ${utterances.join(', ')}`,
      }),
    ),
  ].sort((a, b) => b.step - a.step);
}

const shownEvents = 50;

/** The marks of the curves in words. */
export function createEventList(parts: PanelParts): {
  element: HTMLElement;
  show(model?: RunModel): void;
} {
  const { text } = parts;
  const list = element('ul', { class: 'noticed' });
  const root = element('div', { class: 'part' }, element('h3', { text: text.events }), list);
  let form: string | undefined;
  return {
    element: root,
    show(model) {
      const noticed = model ? noticedIn(model, text).slice(0, shownEvents) : [];
      const next = JSON.stringify(noticed);
      if (next === form) return;
      form = next;
      list.replaceChildren(
        ...(noticed.length > 0
          ? noticed.map((event) => noticedRow(event, parts))
          : [element('li', { class: 'quiet', text: text.noEvents })]),
      );
    },
  };
}
