import type { Action } from '../actions.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import { type Announcer, createAnnouncer } from './announcer.ts';
import { attachFrequencyDrag, attachOverviewDrag, attachTimeDrag } from './axisDrag.ts';
import { type BackForward, createBackForward } from './backForward.ts';
import { createGoToField, type GoToField } from './goToField.ts';
import { type HandText, handText } from './handText.ts';
import { createMoves, type Moves } from './moves.ts';
import { attachStagePointer } from './pointer.ts';
import { createSnapper, type Snapper } from './snapper.ts';
import { attachWheel, watchCtrl } from './wheel.ts';
import { createZoomPan, type ZoomPan } from './zoomPan.ts';

/** Everything that moves what is seen and selected. */
export interface Hand {
  readonly text: HandText;
  readonly moves: Moves;
  readonly zoomPan: ZoomPan;
  readonly snapper: Snapper;
  readonly backForward: BackForward;
  readonly announcer: Announcer;
  readonly goTo: GoToField;
}

export function createHand(layout: Layout, model: ViewModel): Hand {
  const text = handText();
  const zoomPan = createZoomPan(model);
  const snapper = createSnapper(model);
  const moves = createMoves(model, () => layout.stage.clientWidth, snapper, zoomPan);
  const announcer = createAnnouncer(model, text);
  const goTo = createGoToField(model, text, announcer, () => layout.stage.focus({ preventScroll: true }));
  layout.plots.append(goTo.element);
  layout.root.append(announcer.element);
  return { text, moves, zoomPan, snapper, announcer, goTo, backForward: createBackForward(model, layout.root) };
}

/** Wheel, pointer and their buttons on the lanes and axes. */
export function attachHand(
  layout: Layout,
  model: ViewModel,
  { moves, zoomPan, snapper }: Hand,
  perform: (action: Action) => void,
): () => void {
  const { stage, lanes, spectrogram, ruler, overview, tracks, root } = layout;
  const axes = lanes.map(({ frequencies }) => frequencies);
  const ctrl = watchCtrl();
  attachStagePointer(stage, lanes, {
    ...{ model, moves, zoomPan, snapper },
    widthPx: () => stage.clientWidth,
    laneHeightPx: () => spectrogram.clientHeight,
  });
  const wheel = (target: HTMLElement, over: 'time' | 'frequency' | undefined) =>
    attachWheel(target, lanes, over, model, moves, zoomPan, ctrl.held);
  wheel(stage, undefined);
  wheel(ruler, 'time');
  for (const axis of axes) wheel(axis, 'frequency');
  attachTracksWheel(tracks, () => wheel(tracks, 'time'));
  attachTimeDrag(ruler, model, zoomPan);
  for (const axis of axes) attachFrequencyDrag(axis, model, zoomPan);
  attachOverviewDrag(overview, model);
  for (const target of [stage, ruler, ...axes, overview]) attachReset(target, () => perform('resetZoom'));
  attachHistoryButtons(root, perform);
  return ctrl.dispose;
}

/** Tracks that do not all fit scroll by the wheel; else it does what it does over the time axis. */
function attachTracksWheel(tracks: HTMLElement, attach: () => void): void {
  const scroller = tracks.parentElement!;
  const keepScrolling = (event: WheelEvent) => {
    const free = !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (free && scroller.scrollHeight > scroller.clientHeight) event.stopPropagation();
  };
  tracks.addEventListener('wheel', keepScrolling, { capture: true, passive: true });
  attach();
}

/** The right button shows everything; a menu of the page has nothing to offer here. */
function attachReset(target: HTMLElement, reset: () => void): void {
  target.addEventListener('contextmenu', (event) => {
    event.preventDefault();
    if (event.button === 2) reset();
  });
}

/** The side buttons of a mouse: else they would leave the page. */
function attachHistoryButtons(root: HTMLElement, perform: (action: Action) => void): void {
  const actions: Record<number, Action> = { 3: 'back', 4: 'forward' };
  for (const type of ['mousedown', 'mouseup', 'auxclick'] as const)
    root.addEventListener(type, (event) => {
      const action = actions[event.button];
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      if (type === 'mousedown') perform(action);
    });
}
