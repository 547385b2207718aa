import { element } from '../../ui/elements.ts';

/** The parts of one channel's lanes. */
export interface LaneLayout {
  amplitudes: HTMLCanvasElement;
  waveform: HTMLCanvasElement;
  frequencies: HTMLCanvasElement;
  spectrogram: HTMLElement;
  /** Over the waveform's corner: which channel it is, and whether it is heard. */
  head: HTMLElement;
}

const canvas = (name: string) => element('canvas', { class: name, attributes: { 'aria-hidden': 'true' } });
/** Waveform, gap, spectrogram, and the gap to the next lane. */
const rowsPerLane = 4;
const [gapPx, betweenPx] = [6, 10];
const [leastWaveformPx, leastSpectrogramPx, waveformShare] = [44, 90, 0.17];

/** Whole pixels, so that no lane begins between two. */
function rowsFor(count: number, heightPx: number): string {
  const laneHeight = Math.floor((heightPx - betweenPx * (count - 1)) / count) - gapPx;
  const waveform = Math.max(leastWaveformPx, Math.round(laneHeight * waveformShare));
  const lane = `${waveform}px ${gapPx}px ${Math.max(leastSpectrogramPx, laneHeight - waveform)}px`;
  return Array.from({ length: count }, () => lane).join(` ${betweenPx}px `);
}

/** Lanes from top to bottom, in one grid that scrolls when they are too many for its height. */
export function buildLanes(count: number): LaneLayout[] {
  return Array.from({ length: count }, (_, index) => {
    const lane: LaneLayout = {
      amplitudes: canvas('amplitudes'),
      waveform: canvas('waveform'),
      frequencies: canvas('frequencies'),
      spectrogram: element('div', { class: 'spectrogram' }),
      head: element('div', { class: 'lane-head', role: 'group' }),
    };
    const row = 1 + index * rowsPerLane;
    for (const part of [lane.amplitudes, lane.waveform, lane.head]) part.style.gridRow = String(row);
    for (const part of [lane.frequencies, lane.spectrogram]) part.style.gridRow = String(row + 2);
    return lane;
  });
}

/** The grid around lanes, with what lies over and beside all of them. */
export function buildLaneGrid(lanes: readonly LaneLayout[], stage: HTMLElement, levels: HTMLElement): HTMLElement {
  const grid = element('div', { class: lanes.length > 1 ? 'lanes many' : 'lanes' });
  grid.style.gridTemplateRows = rowsFor(lanes.length, 0);
  for (const { amplitudes, waveform, frequencies, spectrogram } of lanes)
    grid.append(amplitudes, waveform, frequencies, spectrogram);
  grid.append(stage, levels);
  if (lanes.length > 1) grid.append(...lanes.map(({ head }) => head));
  return grid;
}

/** Shares the height among the lanes; keeps the time axis as wide as those outside the grid, scrollbar or not, and the colour bar in sight. */
export function watchLaneGrid(grid: HTMLElement, levels: HTMLElement, count: number): () => void {
  const observer = new ResizeObserver(() => {
    grid.style.gridTemplateRows = rowsFor(count, grid.clientHeight);
    grid.style.setProperty('--bar', `${grid.offsetWidth - grid.clientWidth}px`);
    levels.style.maxHeight = `${grid.clientHeight}px`;
  });
  observer.observe(grid);
  return () => observer.disconnect();
}

/** Which lane is at a height of the window: the one whose waveform or picture it is. */
export function laneAt(lanes: readonly LaneLayout[], clientY: number): number {
  const below = lanes.findLastIndex(({ waveform }) => waveform.getBoundingClientRect().top <= clientY);
  return Math.max(0, below);
}
