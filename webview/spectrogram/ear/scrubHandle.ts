import { element } from '../../ui/elements.ts';
import type { Player } from '../../ui/player.ts';
import { timeScale } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';

/** The cursor's handle on the time axis: dragging it is heard. */
export function createScrubHandle(layout: Layout, model: ViewModel, player: Player): { show(): void } {
  const { state, limits } = model;
  // Keys do the same: this is for the pointer alone.
  const handle = element('div', {
    class: 'scrub-handle',
    title: model.text.scrub,
    attributes: { 'aria-hidden': 'true' },
  });
  layout.plots.append(handle);
  handle.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    handle.setPointerCapture(event.pointerId);
    player.scrub(state.state.cursorSec);
  });
  handle.addEventListener('pointermove', (event) => {
    if (!handle.hasPointerCapture(event.pointerId)) return;
    const box = layout.stage.getBoundingClientRect();
    const { toSec } = timeScale(viewportOf(model), box.width);
    const cursorSec = Math.max(0, Math.min(limits.durationSec, toSec(event.clientX - box.left)));
    if (cursorSec === state.state.cursorSec) return;
    state.update({ cursorSec });
    player.scrub(cursorSec);
  });
  return {
    show() {
      const { stage, ruler } = layout;
      const px = timeScale(viewportOf(model), stage.clientWidth).toPx(state.state.cursorSec);
      handle.hidden = px < -1 || px > stage.clientWidth + 1;
      const top = ruler.offsetTop + ruler.clientHeight;
      handle.style.transform = `translate(${stage.offsetLeft + px}px, ${top}px) translate(-50%, -100%)`;
    },
  };
}
