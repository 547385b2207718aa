import { element } from '../../ui/elements.ts';
import type { Action } from '../actions.ts';
import { actionOf } from '../hand/keyboard.ts';
import type { Stretch } from '../hand/selection.ts';
import type { Viewport } from '../hand/viewport.ts';
import { arrangeBoxes, type MergedBoxes } from './arrangeBoxes.ts';

export interface BoxesOptions<T extends Stretch> {
  /** A button that shows an item; it is kept while the item is in sight. */
  make(item: T): HTMLElement;
  /** Items that are to be seen also where they are too narrow to be told apart. */
  stands?(item: T): boolean;
  /** A click, Enter or Space. */
  press(item: T): void;
  /** The item gets the focus: brings it into sight. */
  reveal(item: T): void;
  /** Keys of the lanes, which go on working here. */
  perform(action: Action): void;
  /** Escape. */
  leave(): void;
}

export interface Boxes<T extends Stretch> {
  /** Items in the order of their starts; the same array is the same items. What sounds at `playSec` is marked. */
  show(items: readonly T[], viewport: Viewport, widthPx: number, playSec: number | undefined): void;
}

/**
 * The items of a track as elements, made as they come into sight. The track is one stop of the Tab key; arrows, Home and
 * End go from item to item.
 */
export function createBoxes<T extends Stretch>(body: HTMLElement, options: BoxesOptions<T>): Boxes<T> {
  const shown = new Map<number, { box: HTMLElement; button: HTMLElement }>();
  const bars = element('div', { class: 'box-bars', attributes: { 'aria-hidden': 'true' } });
  body.append(bars);
  let items: readonly T[] = [];
  /** The item that has the focus, or had it last. */
  let current = -1;
  let wanted = false;
  let placed: unknown[] = [];
  const makeBox = (index: number) => {
    const button = options.make(items[index]!);
    button.dataset.index = String(index);
    return { box: element('div', { class: 'box', role: 'listitem' }, button), button };
  };
  const focus = (index: number) => {
    current = Math.max(0, Math.min(items.length - 1, index));
    wanted = true;
    options.reveal(items[current]!);
    const { button } = shown.get(current) ?? {};
    if (!button) return;
    wanted = false;
    button.focus({ preventScroll: true });
  };
  attachEvents(body, options, { items: () => items, focus, touched: (index) => (current = index) });
  return {
    show(now, viewport, widthPx, playSec) {
      const sounds = ({ startSec, endSec }: T) => playSec !== undefined && playSec >= startSec && playSec < endSec;
      for (const [index, { button }] of shown)
        button.classList.toggle('sounding', now === items && sounds(items[index]!));
      if (now !== items) {
        // Who was at a word stays at its place.
        wanted ||= body.contains(document.activeElement);
        for (const { box } of shown.values()) box.remove();
        shown.clear();
        items = now;
        if (current >= items.length) [current, wanted] = [-1, false];
      }
      const focused = body.contains(document.activeElement) || wanted;
      const key = [now, viewport.startSec, viewport.endSec, widthPx, focused, current];
      if (!wanted && key.every((one, i) => one === placed[i])) return;
      placed = key;
      const { boxes, merged } = arrangeBoxes(items, viewport, widthPx, focused ? current : -1);
      const seen = new Set(boxes.map(({ index }) => index));
      for (const [index, { box }] of shown) {
        if (seen.has(index)) continue;
        box.remove();
        shown.delete(index);
      }
      const stop = seen.has(current) ? current : boxes[0]?.index;
      let next = bars.nextElementSibling;
      for (const { index, fromPx, toPx } of boxes) {
        const one = shown.get(index) ?? makeBox(index);
        shown.set(index, one);
        one.box.style.transform = `translateX(${fromPx}px)`;
        one.box.style.width = `${toPx - fromPx}px`;
        one.button.tabIndex = index === stop ? 0 : -1;
        // What is there is not moved: an element that is moved loses the focus.
        if (one.box === next) next = next.nextElementSibling;
        else body.insertBefore(one.box, next);
      }
      placeBars(
        bars,
        merged,
        ({ first, last }) => options.stands !== undefined && items.slice(first, last + 1).some(options.stands),
      );
      if (!wanted) return;
      wanted = false;
      shown.get(current)?.button.focus({ preventScroll: true });
    },
  };
}

interface BoxHand<T> {
  items(): readonly T[];
  focus(index: number): void;
  touched(index: number): void;
}

function attachEvents<T extends Stretch>(body: HTMLElement, options: BoxesOptions<T>, hand: BoxHand<T>): void {
  const indexOf = (event: Event) =>
    Number((event.target as HTMLElement).closest<HTMLElement>('[data-index]')?.dataset.index ?? -1);
  body.addEventListener('click', (event) => {
    const index = indexOf(event);
    if (index < 0) return;
    hand.touched(index);
    options.press(hand.items()[index]!);
  });
  body.addEventListener('focusin', (event) => {
    const index = indexOf(event);
    if (index >= 0) hand.touched(index);
  });
  body.addEventListener('keydown', (event) => {
    const index = indexOf(event);
    if (index < 0 || event.key === 'Enter' || event.key === ' ') return;
    const next = nextIndex(event, index, hand.items().length);
    const action = next === undefined ? actionOf(event) : undefined;
    if (next !== undefined) hand.focus(next);
    else if (event.key === 'Escape') options.leave();
    else if (action) options.perform(action);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

function nextIndex({ key, ctrlKey, altKey, metaKey, shiftKey }: KeyboardEvent, index: number, count: number) {
  if (ctrlKey || altKey || metaKey || shiftKey) return undefined;
  const places: Record<string, number> = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: count - 1 };
  return places[key];
}

function placeBars(holder: HTMLElement, bars: readonly MergedBoxes[], stands: (bar: MergedBoxes) => boolean): void {
  while (holder.childElementCount > bars.length) holder.lastElementChild!.remove();
  while (holder.childElementCount < bars.length) holder.append(element('div', { class: 'box-bar' }));
  for (const [i, merged] of bars.entries()) {
    const { fromPx, toPx } = merged;
    const bar = holder.children[i] as HTMLElement;
    bar.classList.toggle('stands', stands(merged));
    bar.style.transform = `translateX(${fromPx}px)`;
    bar.style.width = `${toPx - fromPx}px`;
  }
}
