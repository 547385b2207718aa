import { UserError } from '../../../shared/problem.ts';
import type { Tier, TierItem } from './annotationDocument.ts';
import { joinTexts, splitText } from './splitText.ts';

interface Span {
  startSec: number;
  endSec: number;
}

/** Shorter than this nobody hears or sees a label. */
export const minItemSec = 0.001;
const longestText = 100_000;

/** A new item where there is room: what reaches into its neighbours is cut off. */
export function addItem(tier: Tier, { startSec, endSec, text }: Span & { text: string }, durationSec: number): Tier {
  const start = clamp(Math.min(startSec, endSec), 0, durationSec);
  const item = { id: tier.nextItem, text: checkText(tier, text) };
  if (tier.kind === 'point') return withItems(tier, [...tier.items, { ...item, ...freePoint(tier.items, start) }], 1);
  let [from, to] = [start, clamp(Math.max(startSec, endSec), 0, durationSec)];
  for (const other of tier.items) {
    if (other.startSec <= from && other.endSec > from) from = other.endSec;
    else if (other.startSec > from) to = Math.min(to, other.startSec);
  }
  return withItems(tier, [...tier.items, { ...item, ...longEnough(from, to) }], 1);
}

/** Moves or stretches an item; it stops at its neighbours and at the ends of the recording, and keeps its length where that is the same. */
export function moveItem(tier: Tier, id: number, { startSec, endSec }: Span, durationSec: number): Tier {
  const index = indexOf(tier, id);
  const item = tier.items[index]!;
  if (tier.kind === 'point') {
    const others = tier.items.filter((one) => one !== item);
    return withItems(tier, [...others, { ...item, ...freePoint(others, clamp(startSec, 0, durationSec)) }]);
  }
  const lowest = tier.items[index - 1]?.endSec ?? 0;
  const highest = tier.items[index + 1]?.startSec ?? durationSec;
  const length = item.endSec - item.startSec;
  const whole = Math.abs(endSec - startSec - length) < 1e-6;
  const start = clamp(Math.min(startSec, endSec), lowest, Math.max(lowest, whole ? highest - length : highest));
  const end = whole ? Math.min(highest, start + length) : clamp(Math.max(startSec, endSec), lowest, highest);
  return withItems(tier, tier.items.with(index, { ...item, ...longEnough(start, end) }));
}

/** Moves the end of an item together with the start of the next one, which it touches; neither vanishes. */
export function moveBoundary(tier: Tier, id: number, atSec: number): Tier {
  const index = indexOf(tier, id);
  const [item, next] = [tier.items[index]!, tier.items[index + 1]];
  if (tier.kind === 'point' || !next || next.startSec - item.endSec > minItemSec)
    throw new UserError('No label touches the end of this one.');
  const at = clamp(atSec, item.startSec + minItemSec, next.endSec - minItemSec);
  const moved = [
    { ...item, ...longEnough(item.startSec, at) },
    { ...next, ...longEnough(at, next.endSec) },
  ];
  return withItems(tier, tier.items.toSpliced(index, 2, ...moved));
}

/** Two items that share the time and the words of one. */
export function splitItem(tier: Tier, id: number, atSec: number): Tier {
  const index = indexOf(tier, id);
  const item = tier.items[index]!;
  if (tier.kind === 'point') throw new UserError('A point cannot be split.');
  const [first, second] = [longEnough(item.startSec, atSec), longEnough(atSec, item.endSec)];
  const texts = splitText(item.text, (atSec - item.startSec) / (item.endSec - item.startSec));
  const { confidence: _, ...rest } = item;
  const halves: TierItem[] = [
    { ...rest, ...first, text: texts[0] },
    { ...second, id: tier.nextItem, text: texts[1], from: item.id },
  ];
  return withItems(tier, tier.items.toSpliced(index, 1, ...halves), 1);
}

/** One item in place of two that follow each other, silence between them included. */
export function mergeItem(tier: Tier, id: number): Tier {
  const index = indexOf(tier, id);
  const [item, next] = [tier.items[index]!, tier.items[index + 1]];
  if (tier.kind === 'point') throw new UserError('Points cannot be merged.');
  if (!next) throw new UserError('No label follows that this one could be merged with.');
  const { confidence: _, ...rest } = item;
  const text = checkText(tier, joinTexts(item.text, next.text, tier.texts === 'word' ? '' : ' '));
  return withItems(tier, tier.items.toSpliced(index, 2, { ...rest, endSec: next.endSec, text }));
}

export function renameItem(tier: Tier, id: number, text: string): Tier {
  const index = indexOf(tier, id);
  const { confidence: _, ...rest } = tier.items[index]!;
  return withItems(tier, tier.items.with(index, { ...rest, text: checkText(tier, text) }));
}

export function deleteItem(tier: Tier, id: number): Tier {
  return withItems(tier, tier.items.toSpliced(indexOf(tier, id), 1));
}

function withItems(tier: Tier, items: readonly TierItem[], added = 0): Tier {
  return { ...tier, items: items.toSorted(byStart), nextItem: tier.nextItem + added };
}

export const byStart = (a: TierItem, b: TierItem) => a.startSec - b.startSec || a.id - b.id;

function indexOf(tier: Tier, id: number): number {
  const index = tier.items.findIndex((item) => item.id === id);
  if (index < 0) throw new UserError('The label is not there any more.');
  return index;
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

function longEnough(startSec: number, endSec: number): Span {
  if (!(endSec - startSec >= minItemSec - 1e-9)) throw new UserError('There is no room for a label here.');
  return { startSec, endSec };
}

function freePoint(others: readonly TierItem[], startSec: number): Span {
  if (others.some((other) => Math.abs(other.startSec - startSec) < 1e-6))
    throw new UserError('There is a point at this time already.');
  return { startSec, endSec: startSec };
}

function checkText(tier: Tier, text: string): string {
  if (text.length > longestText) throw new UserError(`A label has at most ${longestText} characters.`);
  if (tier.texts === 'word' && /\s/u.test(text))
    throw new UserError(`“${tier.name}” holds single words: its labels have no spaces.`);
  if (tier.texts === 'field' && /[\t|]/.test(text))
    throw new UserError(`“${tier.name}” is a table: its texts have no tabs and no “|”.`);
  return tier.texts === 'line' || tier.texts === 'field' ? text.replace(/[\r\n]+/g, ' ') : text;
}
