import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { changeButton, createButton } from '../../ui/toolkit.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import type { Link } from './link.ts';
import type { CompareStrings } from './strings.ts';

/** The button that shares the time with other views, and the line that says with which. */
export function createLinkBar(
  layout: Layout,
  model: ViewModel,
  link: Link,
  difference: HTMLElement,
  text: CompareStrings,
): { show(): void } {
  const { remote } = model;
  const quietly = (what: Promise<void>) => void what.catch(() => {});
  const toggle = () => {
    const together = (link.link?.partners.length ?? 0) > 0 && link.link!.linked;
    quietly(remote.setLinked(!together));
  };
  const tool = createButton({ icon: 'link', label: text.linkWith, class: 'tool-link', onPress: toggle });
  layout.toolbar.insertBefore(
    element('div', { class: 'tool-group' }, tool),
    layout.toolbar.querySelector(':scope > .facts'),
  );
  const sentence = element('span', { class: 'compare-text' });
  const shift = element('span', { class: 'compare-shift' });
  const align = createButton({
    text: text.align,
    title: text.alignHint,
    appearance: 'secondary',
    onPress: () => quietly(remote.alignCursors(model.state.state.cursorSec)),
  });
  const reset = createButton({
    text: text.resetShift,
    appearance: 'secondary',
    onPress: () => quietly(remote.resetOffset()),
  });
  const other = createButton({ text: text.link, appearance: 'secondary', onPress: toggle });
  const bar = element(
    'div',
    { class: 'compare', role: 'group', label: text.comparison },
    // Read out when it changes.
    element('span', { class: 'compare-line', attributes: { 'aria-live': 'polite' } }, sentence, shift),
    element('span', { class: 'compare-buttons' }, align, reset, other),
    difference,
  );
  layout.problems.before(bar);
  let shown = '';
  return {
    show() {
      const { partners = [], linked = false, shiftSec = 0 } = link.link ?? {};
      const key = JSON.stringify([partners, linked, shiftSec]);
      if (key === shown) return;
      shown = key;
      const together = linked && partners.length > 0;
      const names = [...new Set(partners)].map((name) => (name === '' ? text.sameRecording : name));
      const list = names.join(', ');
      const label = names.length === 0 ? text.linkWith : fill(together ? text.linked : text.unlinked, list);
      changeButton(tool, 'link', label);
      tool.setAttribute('aria-pressed', String(together));
      tool.classList.toggle('pressed', together);
      bar.hidden = partners.length === 0;
      sentence.textContent = fill(together ? text.sharing : text.apart, list);
      const moved = Math.abs(shiftSec) >= 0.0005;
      shift.textContent = together && moved ? fill(text.shifted, signed(shiftSec)) : '';
      align.hidden = together;
      reset.hidden = !(together && moved);
      other.querySelector('.button-text')!.textContent = together ? text.unlink : text.link;
    },
  };
}

const signed = (sec: number) => `${sec < 0 ? '−' : '+'}${Math.abs(sec).toFixed(3)}`;
