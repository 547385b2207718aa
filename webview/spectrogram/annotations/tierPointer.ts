import { type Gesture, type Place as StagePlace, selectGesture, snapReachPx } from '../hand/gestures.ts';
import { timeScale } from '../hand/viewport.ts';
import { dragItem, type Held, hitTest, type Moved, roundForZoom } from './dragItem.ts';
import { positionAt } from './itemIndex.ts';
import type { TierHand } from './tierHand.ts';
import { type TierScene, type TierTrack, tierRowPx } from './tierTrack.ts';

/** A pointer that moves less than this has clicked. */
const clickPx = 3;

interface Place extends StagePlace {
  held: Held | undefined;
}

interface Press {
  scene: TierScene;
  from: Place;
  begun: boolean;
  gesture: Gesture;
}

/** Mouse and pen on a tier: a click chooses and plays, edges are dragged, other drags select a stretch. */
export function attachTierPointer(track: TierTrack, hand: TierHand): void {
  const { body } = track;
  const { model } = hand;
  const placeAt = (scene: TierScene, event: MouseEvent) => placeOf(body, scene, model.limits.durationSec, event);
  let press: Press | undefined;
  const end = () => {
    press = undefined;
    document.removeEventListener('keydown', escaped, true);
  };
  const cancel = () => {
    if (press?.begun) press.gesture.cancel();
    end();
  };
  function escaped(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    cancel();
  }
  body.addEventListener('pointerdown', (event) => {
    const now = track.scene;
    if (event.button !== 0 || !now) return;
    if (event.target instanceof Element && event.target.closest('.tier-link')) return hand.perform('showInText', now);
    const from = placeAt(now, event);
    const moves = from.held !== undefined && (from.held.grip !== 'body' || event.altKey);
    const gesture = moves ? moveGesture(now, from.held!, from, hand) : selectGesture(stageOf(hand), from);
    press = { scene: now, from, begun: false, gesture };
    body.setPointerCapture(event.pointerId);
    document.addEventListener('keydown', escaped, true);
  });
  body.addEventListener('pointermove', (event) => {
    const now = track.scene;
    if (!now) return;
    const place = placeAt(now, event);
    model.live.update({ hover: { sec: place.sec, share: undefined } });
    if (!press) {
      body.style.cursor = cursorFor(place.held, now, event.altKey);
      return;
    }
    press.begun ||= Math.abs(place.px - press.from.px) >= clickPx;
    if (press.begun) press.gesture.move(place, event);
  });
  body.addEventListener('pointerup', (event) => {
    if (!press) return;
    const { scene, from, begun, gesture } = press;
    end();
    if (begun) gesture.finish(placeAt(scene, event));
    else hand.click(scene, from.held?.position, from.sec);
  });
  body.addEventListener('pointercancel', cancel);
  body.addEventListener('pointerleave', () => model.live.update({ hover: undefined }));
  body.addEventListener('dblclick', (event) => {
    const now = track.scene;
    if (now && !(event.target instanceof Element && event.target.closest('.tier-link')))
      doubleClick(now, placeAt(now, event), hand);
  });
}

function stageOf({ model, parts }: TierHand) {
  const { moves, zoomPan, snapper } = parts.hand;
  const { stage } = parts;
  return { model, moves, zoomPan, snapper, widthPx: () => stage.clientWidth, laneHeightPx: () => stage.clientHeight };
}

/** On an item it begins writing its text, beside all it makes a label. */
function doubleClick(scene: TierScene, { held, sec }: Place, hand: TierHand): void {
  const { tier } = scene;
  if (held) hand.commands.name({ tier: tier.id, item: tier.items[held.position]!.id });
  else if (tier.can.items) {
    hand.click(scene, undefined, sec);
    hand.commands.add(tier.id);
  }
}

function placeOf(body: HTMLElement, scene: TierScene, durationSec: number, event: MouseEvent): Place {
  const box = body.getBoundingClientRect();
  const px = event.clientX - box.left;
  const sec = timeScale(scene.viewport, scene.widthPx).toSec(px);
  const row = Math.floor((event.clientY - box.top) / tierRowPx);
  const { tier, items, index } = scene;
  let held = hitTest(items, px, row, tier.kind);
  if (!held) {
    // Inside a bar there is no box, but there may be an item.
    const position = positionAt(index, sec);
    if (position !== undefined && index.rows[position] === row) held = { position, grip: 'body' };
  }
  return { px, sec: Math.max(0, Math.min(durationSec, sec)), lanePx: -1, share: undefined, held };
}

function cursorFor(held: Held | undefined, { tier }: TierScene, alt: boolean): string {
  if (!held) return 'crosshair';
  if (!tier.can.times || (held.grip === 'body' && !alt)) return 'pointer';
  return held.grip === 'body' ? 'grab' : 'ew-resize';
}

/** Moving an edge or a whole item: the selection goes along, so that the picture shows where it will be. */
function moveGesture(scene: TierScene, held: Held, from: Place, hand: TierHand): Gesture {
  const { model, commands, select, parts } = hand;
  const { tier, viewport, widthPx } = scene;
  const { secPerPx } = timeScale(viewport, widthPx);
  const item = tier.items[held.position]!;
  const heldSec = held.grip === 'end' ? item.endSec : item.startSec;
  let moved: readonly Moved[] = [];
  let refused = false;
  let ended = false;
  const put = (sec: number, alone: boolean) => {
    if (ended) return;
    const rules = { kind: tier.kind, durationSec: model.limits.durationSec, alone };
    moved = dragItem(tier.items, held, roundForZoom(sec, secPerPx), rules);
    const changed = new Map(
      moved.map(({ position, startSec, endSec }) => [tier.items[position]!.id, { startSec, endSec }]),
    );
    const own = moved.find(({ position }) => position === held.position)!;
    commands.update({
      draft: { tier: tier.id, changed },
      chosen: { tier: tier.id, item: item.id },
      refusal: undefined,
    });
    if (tier.kind === 'interval') select(own);
    model.state.update({ cursorSec: held.grip === 'end' ? own.endSec : own.startSec });
  };
  return {
    move({ sec }, { shiftKey, ctrlKey, metaKey }) {
      if (!tier.can.times) {
        if (!refused) commands.refuseTimes(tier.id);
        refused = true;
        return;
      }
      const wanted = heldSec + (sec - from.sec);
      const free = ctrlKey || metaKey;
      if (free) parts.hand.snapper.forget('head');
      const later = (at: number) => put(at, shiftKey);
      put(free ? wanted : parts.hand.snapper.snap('head', wanted, secPerPx * snapReachPx, later), shiftKey);
    },
    finish() {
      ended = true;
      if (moved.length > 0) commands.move(tier.id, moved);
    },
    cancel() {
      ended = true;
      if (tier.kind === 'interval' && moved.length > 0) select(item);
      commands.update({ draft: undefined });
    },
  };
}
