import { type LaneLayout, laneAt } from '../picture/laneLayout.ts';
import { bandsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { bandScale } from './bands.ts';
import { createEdgeScroll } from './edgeScroll.ts';
import { boxGesture, type Gesture, type Place, panGesture, type Stage, selectGesture } from './gestures.ts';
import { stretchOf } from './selection.ts';
import { timeScale } from './viewport.ts';

/** How near to an edge of the selection the pointer takes hold of it. */
const edgeReachPx = 5;
const middleButton = 1;

/** Selecting, moving edges, pointing, panning and drawing rectangles. A gesture stays in its lane. */
export function attachStagePointer(stage: HTMLElement, lanes: readonly LaneLayout[], parts: Stage): void {
  const { model, moves } = parts;
  const { live } = model;
  let lane = 0;
  const placeOf = (event: MouseEvent) => {
    if (!gesture) lane = laneAt(lanes, event.clientY);
    return placeOn(stage, lanes[lane]!.spectrogram, model, event);
  };
  const edgeAt = ({ px }: Place) => edgeNear(model, stage.clientWidth, px);
  let gesture: Gesture | undefined;
  let last: PointerEvent | undefined;
  const edgeScroll = createEdgeScroll(stage, model, () => last && gesture?.move(placeOf(last), last));
  const begin = (event: PointerEvent): Gesture | undefined => {
    const place = placeOf(event);
    if (event.button === middleButton) return panGesture(parts, place);
    if (event.button !== 0) return undefined;
    if (event.altKey || live.state.boxTool) return boxGesture(parts, place);
    const { selection, cursorSec } = model.state.state;
    if (event.shiftKey) return selectGesture(parts, place, selection?.anchorSec ?? cursorSec, true);
    return selectGesture(parts, place, keptEdge(model, edgeAt(place)));
  };
  stage.addEventListener('pointerdown', (event) => {
    if (gesture) return;
    gesture = begin(event);
    if (!gesture) return;
    live.update({ bandShown: false });
    stage.setPointerCapture(event.pointerId);
  });
  stage.addEventListener('mousedown', (event) => {
    if (event.button !== middleButton) return;
    // Else the browser scrolls by itself.
    event.preventDefault();
    stage.focus({ preventScroll: true });
  });
  stage.addEventListener('pointermove', (event) => {
    const place = placeOf(event);
    live.update({ hover: { sec: place.sec, share: place.share, lane } });
    const cursor = live.state.boxTool || event.altKey ? 'zoom-in' : edgeAt(place) ? 'ew-resize' : '';
    if (!gesture) stage.style.cursor = cursor;
    last = event;
    gesture?.move(place, event);
    if (gesture?.scrolls) edgeScroll.reach(event.clientX);
  });
  const finish = (event: PointerEvent) => {
    const ending = gesture;
    const place = placeOf(event);
    gesture = undefined;
    edgeScroll.stop();
    if (event.type === 'pointercancel') ending?.cancel();
    else ending?.finish(place);
  };
  stage.addEventListener('pointerup', finish);
  stage.addEventListener('pointercancel', finish);
  stage.addEventListener('pointerleave', () => live.update({ hover: undefined }));
  stage.addEventListener('dblclick', () => !live.state.boxTool && moves.zoomToSelection());
  stage.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !gesture) return;
    event.stopPropagation();
    edgeScroll.stop();
    gesture.cancel();
    gesture = undefined;
  });
}

function placeOn(stage: HTMLElement, spectrogram: HTMLElement, model: ViewModel, event: MouseEvent): Place {
  const box = stage.getBoundingClientRect();
  const lane = spectrogram.getBoundingClientRect();
  const px = event.clientX - box.left;
  const lanePx = event.clientY - lane.top;
  const sec = timeScale(viewportOf(model), box.width).toSec(px);
  const bands = bandsOf(model);
  const share = bandScale(bands, lane.height).toShare(lanePx);
  return {
    ...{ px, lanePx },
    sec: Math.max(0, Math.min(model.limits.durationSec, sec)),
    share: share >= bands.low && share <= bands.high ? share : undefined,
  };
}

function edgeNear(model: ViewModel, widthPx: number, px: number): 'start' | 'end' | undefined {
  const stretch = stretchOf(model.state.state.selection);
  if (!stretch) return undefined;
  const { toPx } = timeScale(viewportOf(model), widthPx);
  if (Math.abs(toPx(stretch.startSec) - px) <= edgeReachPx) return 'start';
  return Math.abs(toPx(stretch.endSec) - px) <= edgeReachPx ? 'end' : undefined;
}

/** The edge that stays while the other is moved. */
function keptEdge({ state }: ViewModel, edge: 'start' | 'end' | undefined): number | undefined {
  const stretch = stretchOf(state.state.selection);
  return edge === 'start' ? stretch?.endSec : edge === 'end' ? stretch?.startSec : undefined;
}
