import { formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import type { Stretch } from '../hand/selection.ts';
import { timeScale, type Viewport } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';

/** A row under the spectrogram, on its time axis: its name in the margin, its contents in the lane. */
export interface Track {
  readonly row: HTMLElement;
  readonly body: HTMLElement;
}

/** Appends a track; `kind` is its class, `name` is shown and read out. */
export function createTrack(layout: Layout, kind: string, name: string, role = 'list'): Track {
  const body = element('div', { class: 'track-body', role, label: name });
  const label = element('div', { class: 'track-name', text: name, title: name, attributes: { 'aria-hidden': 'true' } });
  const row = element('div', { class: `track ${kind}` }, label, body);
  layout.tracks.insertBefore(row, layout.trackMarks);
  return { row, body };
}

/** Puts boxes of a track at their times; those out of sight are hidden. */
export function boxPlacer(viewport: Viewport, widthPx: number): (box: HTMLElement, stretch: Stretch) => void {
  const { toPx } = timeScale(viewport, widthPx);
  return (box, { startSec, endSec }) => {
    const [from, to] = [Math.max(-10, toPx(startSec)), Math.min(widthPx + 10, toPx(endSec))];
    box.hidden = to < 0 || from > widthPx || to <= from;
    if (box.hidden) return;
    box.style.transform = `translateX(${from}px)`;
    box.style.width = `${Math.max(2, to - from)}px`;
  };
}

export const stretchText = ({ startSec, endSec }: Stretch) => `${formatTime(startSec, 2)} – ${formatTime(endSec, 2)}`;
