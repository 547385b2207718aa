import { element } from '../ui/elements.ts';
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
  amplitudes: HTMLCanvasElement;
  waveform: HTMLCanvasElement;
  frequencies: HTMLCanvasElement;
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

export function buildLayout(text: Strings): Layout {
  const overviewCanvas = canvas('overview-canvas');
  const overviewWindow = element('div', { class: 'overview-window' });
  const trackMarks = element('div', { class: 'track-marks', attributes: { 'aria-hidden': 'true' } });
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
    amplitudes: canvas('amplitudes'),
    waveform: canvas('waveform'),
    frequencies: canvas('frequencies'),
    spectrogram: element('div', { class: 'spectrogram' }),
    stage: element('div', { class: 'stage', attributes: { tabindex: '0' } }),
    levels: element('div', { class: 'levels', role: 'group', label: text.levels }),
    trackMarks,
    tracks: element('div', { class: 'tracks' }, trackMarks),
    results: element('section', { class: 'results', label: text.results }),
    status: element('div', { class: 'status' }),
    details: element('aside', { class: 'details', label: text.details }),
  };
  const plots = element(
    'div',
    { class: 'plots' },
    parts.overview,
    parts.ruler,
    parts.amplitudes,
    parts.waveform,
    parts.frequencies,
    parts.spectrogram,
    parts.stage,
    parts.levels,
    parts.tracks,
  );
  const centre = element('div', { class: 'centre' }, plots, parts.results);
  const middle = element('div', { class: 'middle' }, centre, parts.details);
  const root = element('div', { class: 'view' }, parts.toolbar, parts.problems, middle, parts.status);
  return { root, plots, ...parts };
}
