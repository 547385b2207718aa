import type { AnnotationItem, AnnotationTier } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import type { Viewport } from '../hand/viewport.ts';
import { type Arrangement, arrangeItems, type Bar, type PlacedItem } from './arrangeItems.ts';
import { type ItemIndex, indexItems, positionAt } from './itemIndex.ts';
import { describeItem, shownText } from './shownText.ts';
import type { AnnotationStrings } from './strings.ts';

/** Height of a row of boxes; the style sheet's `--tier-row`. */
export const tierRowPx = 26;
/** From here on a box has room for more than its text. */
const roomyPx = 70;

/** What a track shows in one frame. */
export interface TierFrame {
  tier: AnnotationTier;
  viewport: Viewport;
  widthPx: number;
  /** Id of the chosen item, and of the one a text editor's cursor is on. */
  chosen: number | undefined;
  pointedAt: number | undefined;
  edge: 'start' | 'end';
  playSec: number | undefined;
}

/** What was drawn last, for the hand. */
export interface TierScene extends TierFrame, Arrangement {
  index: ItemIndex;
}

export interface TierTrack {
  readonly row: HTMLElement;
  readonly margin: HTMLElement;
  readonly body: HTMLElement;
  readonly scene: TierScene | undefined;
  show(frame: TierFrame): void;
  boxOf(item: number): HTMLElement | undefined;
}

interface Box {
  box: HTMLElement;
  name: HTMLElement;
  item: AnnotationItem | undefined;
}

/** One tier under the picture: as many elements as fit, made and given back as they come into sight and leave it. */
export function createTierTrack(text: AnnotationStrings): TierTrack {
  const bars = element('div', { class: 'tier-bars', attributes: { 'aria-hidden': 'true' } });
  const body = element('div', {
    class: 'track-body tier-body',
    role: 'listbox',
    attributes: { 'aria-orientation': 'horizontal' },
  });
  body.append(bars);
  const margin = element('div', { class: 'tier-margin' });
  const row = element('div', { class: 'track tier' }, margin, body);
  const boxes = new Map<number, Box>();
  const indexOf = rememberLast(indexItems);
  let scene: TierScene | undefined;
  const draw = (frame: TierFrame) => {
    const { tier, chosen } = frame;
    const index = indexOf(tier.items);
    const at = chosen === undefined ? -1 : tier.items.findIndex(({ id }) => id === chosen);
    const keep = at < 0 ? undefined : at;
    const arrangement = arrangeItems(index, { ...frame, kind: tier.kind, keep });
    scene = { ...frame, ...arrangement, index };
    body.style.height = `${index.rowCount * tierRowPx}px`;
    placeBoxes(body, boxes, scene, text);
    placeBars(bars, arrangement.bars, text);
    // One stop of the Tab key per tier: the chosen item, the first in sight, or the tier itself.
    const stop = keep ?? arrangement.items[0]?.position;
    for (const { position } of arrangement.items)
      boxes.get(tier.items[position]!.id)!.box.tabIndex = position === stop ? 0 : -1;
    body.tabIndex = stop === undefined ? 0 : -1;
  };
  return {
    row,
    margin,
    body,
    get scene() {
      return scene;
    },
    show(frame) {
      if (!scene || differs(scene, frame)) draw(frame);
      markSounding(boxes, scene!, frame.playSec);
    },
    boxOf: (item) => boxes.get(item)?.box,
  };
}

const frameKeys = ['tier', 'viewport', 'widthPx', 'chosen', 'pointedAt', 'edge'] as const;
const differs = (one: TierFrame, other: TierFrame) => frameKeys.some((key) => one[key] !== other[key]);

function rememberLast<K, V>(make: (key: K) => V): (key: K) => V {
  let last: { key: K; value: V } | undefined;
  return (key) => {
    if (last?.key !== key) last = { key, value: make(key) };
    return last.value;
  };
}

function placeBoxes(body: HTMLElement, boxes: Map<number, Box>, scene: TierScene, text: AnnotationStrings): void {
  const { tier, items: placed } = scene;
  const seen = new Set(placed.map(({ position }) => tier.items[position]!.id));
  for (const [id, { box }] of boxes) {
    if (seen.has(id)) continue;
    box.remove();
    boxes.delete(id);
  }
  // In the order of time, without moving what is there: an element that is moved loses the focus.
  let next = body.firstElementChild?.nextElementSibling ?? null;
  for (const one of placed) {
    const item = tier.items[one.position]!;
    const shown = boxes.get(item.id) ?? createBox(text);
    boxes.set(item.id, shown);
    if (shown.item !== item) fillBox(shown, item, scene, one.position, text);
    placeBox(shown.box, one, item, scene);
    if (shown.box === next) next = next.nextElementSibling;
    else body.insertBefore(shown.box, next);
  }
}

function createBox(text: AnnotationStrings): Box {
  const name = element('bdi', { class: 'tier-text' });
  // For the pointer; keys have T.
  const link = element('span', {
    class: 'tier-link',
    title: text.itemMenu.showInText,
    attributes: { 'aria-hidden': 'true' },
  });
  link.append(createIcon('inText'));
  const box = element('div', { class: 'tier-item', role: 'option', attributes: { tabindex: '-1' } }, name, link);
  return { box, name, item: undefined };
}

function fillBox(
  shown: Box,
  item: AnnotationItem,
  { tier }: TierScene,
  position: number,
  text: AnnotationStrings,
): void {
  const { box, name } = shown;
  shown.item = item;
  name.textContent = shownText(item.text);
  const described = describeItem(item, tier.kind, text);
  box.setAttribute('aria-label', described);
  box.title = described;
  box.dataset.item = String(item.id);
  box.setAttribute('aria-posinset', String(position + 1));
  box.setAttribute('aria-setsize', String(tier.items.length));
  box.classList.toggle('wordless', item.text === '');
  box.classList.toggle('unsaved', tier.file === '');
  if (item.confidence === undefined) box.style.removeProperty('--confidence');
  else box.style.setProperty('--confidence', String(Math.max(0, Math.min(1, item.confidence))));
}

function placeBox(box: HTMLElement, { fromPx, toPx, row }: PlacedItem, item: AnnotationItem, scene: TierScene): void {
  const chosen = scene.chosen === item.id;
  box.style.transform = `translate(${fromPx}px, ${row * tierRowPx}px)`;
  box.style.width = `${toPx - fromPx}px`;
  box.setAttribute('aria-selected', String(chosen));
  box.classList.toggle('roomy', toPx - fromPx >= roomyPx);
  box.classList.toggle('pointed', scene.pointedAt === item.id);
  box.dataset.edge = chosen && scene.tier.kind === 'interval' ? scene.edge : '';
}

function placeBars(holder: HTMLElement, bars: readonly Bar[], text: AnnotationStrings): void {
  while (holder.childElementCount > bars.length) holder.lastElementChild!.remove();
  while (holder.childElementCount < bars.length) holder.append(element('div', { class: 'tier-bar' }));
  for (const [i, { fromPx, toPx, row, count }] of bars.entries()) {
    const bar = holder.children[i] as HTMLElement;
    bar.style.transform = `translate(${fromPx}px, ${row * tierRowPx}px)`;
    bar.style.width = `${toPx - fromPx}px`;
    bar.title = fill(text.manyItems, count);
  }
}

/** The item that is heard now. */
function markSounding(boxes: Map<number, Box>, scene: TierScene, playSec: number | undefined): void {
  const position = playSec === undefined ? undefined : positionAt(scene.index, playSec);
  const id = position === undefined ? undefined : scene.tier.items[position]!.id;
  for (const [item, { box }] of boxes) box.classList.toggle('sounding', item === id);
}
