import { type ViewModel, viewportOf } from '../viewModel.ts';
import { panBy, timeScale } from './viewport.ts';

/** How many times its distance from the edge is scrolled in a second. */
const perSec = 12;
const longestFrameSec = 0.1;

/** A selection that is dragged beyond the lanes scrolls them, the faster the farther; `scrolled` is told each time. */
export function createEdgeScroll(stage: HTMLElement, model: ViewModel, scrolled: () => void) {
  let beyondPx = 0;
  let running = false;
  const run = (beforeMs: number) =>
    requestAnimationFrame((nowMs) => {
      running = beyondPx !== 0;
      if (!running) return;
      const viewport = viewportOf(model);
      const { secPerPx } = timeScale(viewport, stage.clientWidth);
      const px = beyondPx * perSec * Math.max(0, Math.min(longestFrameSec, (nowMs - beforeMs) / 1000));
      model.state.update({ viewport: panBy(viewport, px * secPerPx, model.limits) });
      scrolled();
      run(nowMs);
    });
  return {
    reach(clientX: number): void {
      const { left, right } = stage.getBoundingClientRect();
      beyondPx = clientX < left ? clientX - left : clientX > right ? clientX - right : 0;
      if (beyondPx === 0 || running) return;
      running = true;
      run(performance.now());
    },
    stop(): void {
      beyondPx = 0;
    },
  };
}
