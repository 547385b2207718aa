import type { LiveState, ViewModel } from '../viewModel.ts';
import type { ViewState } from '../viewState.ts';
import { emptyHistory, recordView, type Seen, stepView } from './viewHistory.ts';

export interface BackForward {
  go(direction: 'back' | 'forward'): void;
  can(direction: 'back' | 'forward'): boolean;
}

const seenOf = ({ viewport, bands }: ViewState): Seen => ({ viewport, bands });

/** Keeps the views that were left, and goes back to them. */
export function createBackForward({ state, live }: ViewModel, root: HTMLElement): BackForward {
  let history = emptyHistory;
  let going = false;
  /** While a button is down everything belongs to its drag. */
  let drag: 'none' | 'begun' | 'moved' = 'none';
  root.addEventListener('pointerdown', () => (drag = 'begun'), true);
  for (const type of ['pointerup', 'pointercancel'] as const) root.addEventListener(type, () => (drag = 'none'));
  state.subscribe((now, before) => {
    if (going || (now.viewport === before.viewport && now.bands === before.bands)) return;
    if (isPageTurn(now, before, live.state)) return;
    const begins = drag === 'none' ? undefined : drag === 'begun';
    if (drag === 'begun') drag = 'moved';
    history = recordView(history, seenOf(before), performance.now(), begins);
  });
  return {
    can: (direction) => (direction === 'back' ? history.past : history.future).length > 0,
    go(direction) {
      const step = stepView(history, direction, seenOf(state.state));
      if (!step) return;
      history = step.history;
      going = true;
      state.update(step.seen);
      going = false;
    },
  };
}

/** The view followed the sound: it keeps its length and shows the playhead again. */
function isPageTurn(now: ViewState, before: ViewState, { playSec }: LiveState): boolean {
  if (playSec === undefined || !now.viewport || !before.viewport) return false;
  const span = (one: { startSec: number; endSec: number }) => one.endSec - one.startSec;
  const left = playSec < before.viewport.startSec || playSec > before.viewport.endSec;
  return left && Math.abs(span(now.viewport) - span(before.viewport)) < 1e-6;
}
