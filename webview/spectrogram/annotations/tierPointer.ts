import { shortestSec, stretchOf } from '../hand/selection.ts';
import { timeScale } from '../hand/viewport.ts';
import { dragItem, type Held, hitTest, type Moved, roundForZoom } from './dragItem.ts';
import { positionAt } from './itemIndex.ts';
import type { TierHand } from './tierHand.ts';
import { type TierScene, type TierTrack, tierRowPx } from './tierTrack.ts';

/** A pointer that moves less than this has clicked. */
const clickPx = 3;

interface Place {
  px: number;
  sec: number;
  held: Held | undefined;
}

interface Press extends Place {
  scene: TierScene;
  moves: boolean;
  begun: boolean;
  moved: readonly Moved[];
}

/** Mouse and pen on a tier: a click chooses and plays, edges are dragged, other drags select a stretch. */
export function attachTierPointer(track: TierTrack, hand: TierHand): void {
  const { body } = track;
  const { model, commands } = hand;
  let press: Press | undefined;
  const end = () => {
    press = undefined;
    document.removeEventListener('keydown', escaped, true);
  };
  const cancel = () => {
    if (press?.moves && press.begun) commands.update({ draft: undefined });
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
    const place = placeOf(body, now, event);
    const moves = place.held !== undefined && (place.held.grip !== 'body' || event.altKey);
    press = { ...place, scene: now, moves, begun: false, moved: [] };
    body.setPointerCapture(event.pointerId);
    document.addEventListener('keydown', escaped, true);
  });
  body.addEventListener('pointermove', (event) => {
    const now = track.scene;
    if (!now) return;
    const place = placeOf(body, now, event);
    model.live.update({ hover: { sec: place.sec, share: undefined } });
    if (press) dragTo(press, place, event.shiftKey, hand);
    else body.style.cursor = cursorFor(place.held, now, event.altKey);
  });
  body.addEventListener('pointerup', (event) => {
    if (!press) return;
    const { scene: now, held, begun, moves, moved, sec } = press;
    end();
    if (!begun) hand.click(now, held?.position, sec);
    else if (!moves && !stretchOf(model.state.state.selection)) hand.select(undefined);
    else if (moves && moved.length > 0) commands.move(now.tier.id, moved);
    if (begun) event.preventDefault();
  });
  body.addEventListener('pointercancel', cancel);
  body.addEventListener('pointerleave', () => model.live.update({ hover: undefined }));
  body.addEventListener('dblclick', (event) => {
    const now = track.scene;
    if (!now) return;
    const { held, sec } = placeOf(body, now, event);
    const { tier } = now;
    if (held) commands.name({ tier: tier.id, item: tier.items[held.position]!.id });
    else if (tier.can.items) {
      hand.click(now, undefined, sec);
      commands.add(tier.id);
    }
  });
}

function placeOf(body: HTMLElement, scene: TierScene, event: MouseEvent): Place {
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
  return { px, sec, held };
}

function cursorFor(held: Held | undefined, { tier }: TierScene, alt: boolean): string {
  if (!held) return 'crosshair';
  if (!tier.can.times || (held.grip === 'body' && !alt)) return 'pointer';
  return held.grip === 'body' ? 'grab' : 'ew-resize';
}

function dragTo(press: Press, { px, sec }: Place, alone: boolean, { model, commands, select }: TierHand): void {
  if (!press.begun && Math.abs(px - press.px) < clickPx) return;
  const first = !press.begun;
  press.begun = true;
  const { scene, held } = press;
  const { tier, viewport, widthPx } = scene;
  const { durationSec } = model.limits;
  if (!press.moves || !held) {
    const [from, to] = [Math.min(press.sec, sec), Math.max(press.sec, sec)];
    if (to - from >= shortestSec) select({ startSec: Math.max(0, from), endSec: Math.min(durationSec, to) });
    return;
  }
  if (!tier.can.times) {
    if (first) commands.refuseTimes(tier.id);
    return;
  }
  const item = tier.items[held.position]!;
  const heldSec = held.grip === 'end' ? item.endSec : item.startSec;
  const toSec = roundForZoom(heldSec + (sec - press.sec), timeScale(viewport, widthPx).secPerPx);
  press.moved = dragItem(tier.items, held, toSec, { kind: tier.kind, durationSec, alone });
  const changed = new Map(
    press.moved.map(({ position, startSec, endSec }) => [tier.items[position]!.id, { startSec, endSec }]),
  );
  commands.update({ draft: { tier: tier.id, changed }, chosen: { tier: tier.id, item: item.id }, refusal: undefined });
}
