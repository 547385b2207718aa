import { element } from '../../ui/elements.ts';
import { createButton } from '../../ui/toolkit.ts';
import type { PanelParts } from '../panelParts.ts';
import { type XAxis, xAxes } from '../viewState.ts';

/** What changes how the curves are drawn; the state it changes is the panel's. */
export function createLearningTools(
  { state, text }: PanelParts,
  resetZoom: () => void,
): { element: HTMLElement; show(zoomed: boolean): void } {
  const axes = xAxes.map((axis) => {
    const input = element('input', { attributes: { type: 'radio', name: 'x-axis', value: axis } });
    input.addEventListener('change', () => state.update({ xAxis: axis as XAxis }));
    return { axis, input, label: element('label', {}, input, element('span', { text: text.xAxes[axis] })) };
  });
  const log = element('input', { attributes: { type: 'checkbox' } });
  log.addEventListener('change', () => state.update({ log: log.checked }));
  const smoothing = element('input', { attributes: { type: 'range', min: '0', max: '0.99', step: '0.01' } });
  const amount = element('output', { class: 'smoothing-amount' });
  smoothing.addEventListener('input', () => state.update({ smoothing: smoothing.valueAsNumber }));
  const reset = createButton({ icon: 'fit', label: text.resetZoom, onPress: resetZoom });
  const labelled = (input: HTMLElement, label: string, after?: HTMLElement) =>
    element('label', { class: 'tool' }, input, element('span', { text: label }), after);
  return {
    element: element(
      'div',
      { class: 'tools' },
      element('div', { class: 'segments', role: 'radiogroup', label: text.xAxis }, ...axes.map(({ label }) => label)),
      labelled(log, text.logScale),
      element('label', { class: 'tool' }, element('span', { text: text.smoothing }), smoothing, amount),
      reset,
    ),
    show(zoomed) {
      const now = state.state;
      for (const { axis, input } of axes) input.checked = now.xAxis === axis;
      log.checked = now.log;
      if (smoothing.valueAsNumber !== now.smoothing) smoothing.value = String(now.smoothing);
      amount.textContent = now.smoothing.toFixed(2);
      // Kept in place, so that nothing moves when it is wanted.
      reset.style.visibility = zoomed ? 'visible' : 'hidden';
    },
  };
}
