import { element } from '../../ui/elements.ts';
import type { Layout } from '../layout.ts';
import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { bandScale } from './bands.ts';
import { timeScale } from './viewport.ts';

/** The rectangle that is being drawn, over what it will show. */
export function createBoxMark({ root, stage, lanes }: Layout, model: ViewModel): { show(): void } {
  const mark = element('div', { class: 'mark-box' });
  stage.append(mark);
  return {
    show() {
      const { box, boxTool } = model.live.state;
      root.dataset.tool = boxTool ? 'box' : 'select';
      mark.hidden = !box || (!box.stretch && !box.bands);
      if (mark.hidden || !box) return;
      const { spectrogram } = lanes[model.live.state.hover?.lane ?? 0] ?? lanes[0]!;
      const { toPx } = timeScale(viewportOf(model), stage.clientWidth);
      const lane = bandScale(bandsOf(model), spectrogram.clientHeight);
      const laneTop = spectrogram.offsetTop - stage.offsetTop;
      const [left, right] = box.stretch
        ? [toPx(box.stretch.startSec), toPx(box.stretch.endSec)]
        : [0, stage.clientWidth];
      const [top, bottom] = box.bands
        ? [laneTop + lane.toPx(box.bands.high), laneTop + lane.toPx(box.bands.low)]
        : [0, stage.clientHeight];
      mark.style.transform = `translate(${left}px, ${top}px)`;
      mark.style.width = `${Math.max(1, right - left)}px`;
      mark.style.height = `${Math.max(1, bottom - top)}px`;
    },
  };
}
