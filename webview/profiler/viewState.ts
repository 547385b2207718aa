import { isBoolean, isInteger, isNumber, isString, object, oneOf } from '../../src/shared/protocol/check.ts';

/** How the user has arranged the panel; kept while it is hidden and over a reload. */
export interface ViewState {
  /** Directories the panel was opened with; none for whichever run is current. */
  chosen: string[];
  /** Directory of the run in focus, when it is not the first. */
  focus: string;
  xAxis: XAxis;
  log: boolean;
  /** Weight of the past in the smoothed loss, 0 to below 1. */
  smoothing: number;
  /** Sections that are closed. */
  closed: string[];
  /** The step whose utterances are shown; 0 for none. */
  step: number;
  /** How far the page was scrolled. */
  scrollPx: number;
}

export const xAxes = ['step', 'epoch', 'time'] as const;
export type XAxis = (typeof xAxes)[number];

export const initialState: ViewState = {
  chosen: [],
  focus: '',
  xAxis: 'step',
  log: false,
  smoothing: 0.9,
  closed: [],
  step: 0,
  scrollPx: 0,
};

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every(isString);
const isState = object<ViewState>({
  chosen: isTexts,
  focus: isString,
  xAxis: oneOf(...xAxes),
  log: isBoolean,
  smoothing: isNumber,
  closed: isTexts,
  step: isInteger,
  scrollPx: isNumber,
});

/** What a page has kept; the beginning when it is of another version. */
export function restoreState(kept: unknown): ViewState {
  const state = typeof kept === 'object' && kept !== null ? { ...initialState, ...kept } : initialState;
  return isState(state) ? { ...state, smoothing: Math.max(0, Math.min(0.99, state.smoothing)) } : initialState;
}
