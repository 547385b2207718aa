import { element } from '../ui/elements.ts';
import { buildLaneGrid, buildLanes, type LaneLayout } from './picture/laneLayout.ts';
import type { Strings } from './strings.ts';

/** The page's fixed parts; everything else is put into them. */
export interface Layout {
  root: HTMLElement;
  toolbar: HTMLElement;
  problems: HTMLElement;
  plots: HTMLElement;
  overview: HTMLElement;
  overviewCanvas: HTMLCanvasElement;
  overviewWindow: HTMLElement;
  ruler: HTMLCanvasElement;
  /** From top to bottom; where there is one for all, it is the first. */
  lanes: readonly LaneLayout[];
  laneGrid: HTMLElement;
  spectrogram: HTMLElement;
  stage: HTMLElement;
  levels: HTMLElement;
  /** Rows under the spectrogram on the same time axis; `createTrack` appends one. */
  tracks: HTMLElement;
  /** Over the lanes of all tracks: cursor and playhead go on through them. */
  trackMarks: HTMLElement;
  results: HTMLElement;
  status: HTMLElement;
  details: HTMLElement;
}

const canvas = (name: string) => element('canvas', { class: name, attributes: { 'aria-hidden': 'true' } });

export function buildLayout(text: Strings, laneCount: number): Layout {
  const overviewCanvas = canvas('overview-canvas');
  const overviewWindow = element('div', { class: 'overview-window' });
  const trackMarks = element('div', { class: 'track-marks', attributes: { 'aria-hidden': 'true' } });
  const lanes = buildLanes(laneCount);
  const parts = {
    toolbar: element('div', { class: 'toolbar', role: 'group', label: text.toolbar }),
    problems: element('div', { class: 'problems' }),
    overviewCanvas,
    overviewWindow,
    overview: element(
      'div',
      { class: 'overview', attributes: { 'aria-hidden': 'true' } },
      overviewCanvas,
      overviewWindow,
    ),
    ruler: canvas('ruler'),
    lanes,
    spectrogram: lanes[0]!.spectrogram,
    stage: element('div', { class: 'stage', attributes: { tabindex: '0' } }),
    levels: element('div', { class: 'levels', role: 'group', label: text.levels }),
    trackMarks,
    tracks: element('div', { class: 'tracks' }, trackMarks),
    results: element('section', { class: 'results', label: text.results }),
    status: element('div', { class: 'status' }),
    details: element('aside', { class: 'details', label: text.details }),
  };
  const laneGrid = buildLaneGrid(lanes, parts.stage, parts.levels);
  const trackScroller = element('div', { class: 'track-scroller' }, parts.tracks);
  const plots = element('div', { class: 'plots' }, parts.overview, parts.ruler, laneGrid, trackScroller);
  const centre = element('div', { class: 'centre' }, plots, parts.results);
  const middle = element('div', { class: 'middle' }, centre, parts.details);
  const root = element('div', { class: 'view' }, parts.toolbar, parts.problems, middle, parts.status);
  return { root, plots, laneGrid, ...parts };
}
