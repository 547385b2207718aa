import { formatDuration, formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton } from '../../ui/toolkit.ts';
import type { ViewModel } from '../viewModel.ts';
import { channelNames, figureRows } from './figureRows.ts';
import { cancelMeasuring, copyFigures, type Measured, measure } from './measuring.ts';
import type { OutStrings } from './strings.ts';

/** The figures of a stretch, with what makes and copies them. */
export function createFigureTable(
  model: ViewModel,
  text: OutStrings,
  failed: (error: unknown) => void,
): { element: HTMLElement; show(): void } {
  const body = element('div', { attributes: { 'aria-live': 'polite' } });
  const start = createButton({
    text: text.measure,
    label: `${text.measure} (E)`,
    appearance: 'secondary',
    onPress: () => void measure(model).catch(failed),
  });
  const copy = createButton({
    text: text.copy,
    label: text.copyFigures,
    appearance: 'secondary',
    onPress: () => void copyFigures(model, text).then((done) => done && say(text.copied), failed),
  });
  const cancel = createButton({ text: text.cancel, appearance: 'secondary', onPress: () => cancelMeasuring(model) });
  const said = element('span', { class: 'quiet', role: 'status' });
  const say = (what: string) => {
    said.textContent = what;
    setTimeout(() => {
      said.textContent = '';
    }, 2000);
  };
  const tools = element('div', { class: 'figure-tools' }, start, copy, cancel, said);
  let shown: unknown;
  return {
    element: element('div', { class: 'figures' }, tools, body),
    show() {
      const { measuring, measured } = model.live.state;
      start.hidden = measuring !== undefined;
      cancel.hidden = measuring === undefined;
      copy.hidden = measured === undefined || measuring !== undefined;
      const now = measuring ?? measured;
      if (now === shown && shown !== undefined) return;
      shown = now;
      if (measuring) body.replaceChildren(quiet(fill(text.measuring, Math.floor(100 * measuring.done))));
      else if (measured) body.replaceChildren(...tableOf(measured, text));
      else body.replaceChildren(quiet(text.nothingMeasured));
    },
  };
}

const quiet = (text: string) => element('p', { class: 'quiet', text });

function tableOf({ startSec, endSec, figures }: Measured, text: OutStrings): HTMLElement[] {
  const rows = figureRows(figures, text).map(({ name, shown, hint }) =>
    element(
      'tr',
      {},
      element('th', { text: name, title: hint ?? '', attributes: { scope: 'row' } }),
      ...shown.map((value) => element('td', { text: value })),
    ),
  );
  const names = figures.channels.length > 1 ? channelNames(figures, text) : [];
  const head = ['', ...names].map((name) => element('th', { text: name, attributes: { scope: 'col' } }));
  const caption = element('caption', {
    class: 'quiet',
    text: fill(
      text.measured,
      formatTime(startSec),
      formatTime(endSec),
      formatDuration(figures.durationSec),
      figures.frames.toLocaleString(),
    ),
  });
  const table = element('table', {}, caption, names.length > 0 ? element('tr', {}, ...head) : undefined, ...rows);
  return [element('div', { class: 'figure-scroll' }, table)];
}
