import { formatHz, formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import type { Layout } from '../layout.ts';
import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { bandScale } from './bands.ts';
import { stretchOf } from './selection.ts';
import { timeScale } from './viewport.ts';

/** Selection, cursor, pointer and playhead, as elements over the lanes: they move without anything being painted again. */
export function createMarks(layout: Layout, model: ViewModel): { place(): void } {
  const part = (name: string) => element('div', { class: name });
  const selection = part('mark-selection');
  const cursor = part('mark-cursor');
  const cursorBand = part('mark-cursor-band');
  const hoverTime = part('mark-hover-time');
  const hoverBand = part('mark-hover-band');
  const playhead = part('mark-playhead');
  layout.stage.append(selection, cursor, cursorBand, hoverTime, hoverBand, playhead);
  const trackCursor = part('mark-cursor');
  const trackPlayhead = part('mark-playhead');
  const trackHover = part('mark-hover-time');
  layout.trackMarks.append(trackCursor, trackHover, trackPlayhead);
  const timeTag = part('tag time-tag');
  const bandTag = part('tag band-tag');
  layout.plots.append(timeTag, bandTag);

  const show = (mark: HTMLElement, visible: boolean) => {
    mark.hidden = !visible;
    return visible;
  };
  return {
    place() {
      const { state, live, axis } = model;
      const { stage, lanes, plots, laneGrid } = layout;
      const width = stage.clientWidth;
      const { toPx } = timeScale(viewportOf(model), width);
      const inside = (px: number) => px >= -1 && px <= width + 1;
      const putAcross = (mark: HTMLElement, sec: number | undefined) => {
        const px = sec === undefined ? Number.NaN : toPx(sec);
        if (show(mark, inside(px))) mark.style.transform = `translateX(${px}px)`;
      };
      const stretch = stretchOf(state.state.selection);
      if (show(selection, stretch !== undefined) && stretch) {
        // Kept near the stage: an element of a million pixels is not placed exactly.
        const from = Math.max(-20, Math.min(width + 20, toPx(stretch.startSec)));
        const to = Math.max(-20, Math.min(width + 20, toPx(stretch.endSec)));
        selection.style.transform = `translateX(${from}px)`;
        selection.style.width = `${Math.max(1, to - from)}px`;
      }
      for (const mark of [cursor, trackCursor]) putAcross(mark, state.state.cursorSec);
      for (const mark of [playhead, trackPlayhead]) putAcross(mark, live.state.playSec);
      const { hover } = live.state;
      for (const mark of [hoverTime, trackHover]) putAcross(mark, hover?.sec);
      const spectrogram = (lanes[hover?.lane ?? 0] ?? lanes[0]!).spectrogram;
      const laneTop = spectrogram.offsetTop - stage.offsetTop;
      const laneHeight = spectrogram.clientHeight;
      const bands = bandsOf(model);
      const scale = bandScale(bands, laneHeight);
      const bandPx = (share: number) => laneTop + scale.toPx(share);
      const { cursorShare } = state.state;
      if (show(cursorBand, live.state.bandShown && cursorShare >= bands.low && cursorShare <= bands.high))
        cursorBand.style.transform = `translateY(${bandPx(cursorShare)}px)`;
      if (show(hoverBand, hover?.share !== undefined))
        hoverBand.style.transform = `translateY(${bandPx(hover!.share!)}px)`;
      if (show(timeTag, hover !== undefined && inside(toPx(hover.sec)))) {
        timeTag.textContent = formatTime(hover!.sec);
        const half = timeTag.offsetWidth / 2;
        const px = stage.offsetLeft + Math.max(half, Math.min(width - half, toPx(hover!.sec)));
        timeTag.style.transform = `translate(${px}px, ${layout.ruler.offsetTop}px) translateX(-50%)`;
      }
      if (show(bandTag, hover?.share !== undefined)) {
        bandTag.textContent = formatHz(axis.toHz(hover!.share!));
        const top = stage.offsetTop - laneGrid.scrollTop + bandPx(hover!.share!);
        const right = plots.clientWidth - stage.offsetLeft;
        bandTag.style.transform = `translate(${-right}px, ${top}px) translateY(-50%)`;
      }
      placeWindow(layout, model);
    },
  };
}

/** What the overview says of the visible stretch. */
function placeWindow({ overview, overviewWindow }: Layout, model: ViewModel): void {
  const { startSec, endSec } = viewportOf(model);
  const longest = Math.max(model.limits.durationSec, model.limits.minSpanSec);
  const width = overview.clientWidth;
  const widthPx = Math.max(3, ((endSec - startSec) / longest) * width);
  overviewWindow.style.transform = `translateX(${Math.min(width - widthPx, (startSec / longest) * width)}px)`;
  overviewWindow.style.width = `${widthPx}px`;
}
