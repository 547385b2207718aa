import { type LineAbout, type LineFormat, type LineFormatName, lineFormats, sameTimes } from './lineFormats.ts';
import type { ItemValues, LinePlace, SourceItem } from './source.ts';

/** An item as it is to be saved. */
export interface SavedItem extends ItemValues {
  /** Which item of the tier it was when the file was read. */
  was?: number;
  /** Which one it was split from. */
  from?: number;
}

export interface TierLines {
  before: readonly SourceItem[];
  /** By start. */
  after: readonly SavedItem[];
}

interface Row {
  body: string;
  end: string;
  /** Removed; what is to come before it is still put there. */
  gone?: true;
  /** Items that stand in it. */
  items: Item[];
  /** Lines to put before it, and the item that each is. */
  added: { body: string; item: Item }[];
}
interface Item {
  place: LinePlace | undefined;
}

/**
 * The text of a file that holds an item a line, with the lines of items that were changed, added and removed; all others
 * stay byte for byte. Lines are found by their content, as they may have moved. `missing` counts those that are no longer
 * there as they were: with `overwrite` they are found by what they are about, or written anew.
 */
export function saveLines(
  text: string,
  format: LineFormatName,
  tiers: readonly TierLines[],
  about: Omit<LineAbout, 'sibling' | 'first'>,
  overwrite = false,
): { text: string; places: (LinePlace | undefined)[][] } | { missing: number } {
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const rows = rowsOf(text, newline);
  const find = finder(rows, tiers, overwrite ? lineFormats[format].same : undefined);
  const page: Page = { rows, find, format: lineFormats[format], about, overwrite, missing: 0 };
  const items = tiers.map((tier) => saveTier(page, tier));
  if (page.missing > 0) return { missing: page.missing };
  const saved = joinRows(rows, newline, text === '' || text.endsWith('\n'));
  return { text: saved, places: items.map((tier) => tier.map(({ place }) => place)) };
}

interface Page {
  /** The last one is empty, for what comes at the end. */
  rows: Row[];
  find(place: LinePlace): number | undefined;
  format: LineFormat;
  about: Omit<LineAbout, 'sibling' | 'first'>;
  overwrite: boolean;
  missing: number;
}

function saveTier(page: Page, { before, after }: TierLines): Item[] {
  const { rows, format } = page;
  const at = before.map(({ place }) => place && page.find(place));
  const kept = new Set(after.map(({ was }) => was));
  before.forEach((_, index) => {
    const row = at[index];
    if (kept.has(index)) return;
    if (row === undefined) page.missing += page.overwrite ? 0 : 1;
    else rows[row]!.gone = true;
  });
  const sibling = before.find(({ place }) => place)?.place?.source;
  const first = rows.find(({ body }) => body.trim() !== '')?.body;
  const about = { ...page.about, ...(sibling === undefined ? {} : { sibling }), ...(first ? { first } : {}) };
  const made = (item: SavedItem): string => {
    const like = item.from === undefined ? undefined : before[item.from];
    if (!like?.place) return format.make!(item, about);
    return format.change(like.place, undefined, item);
  };
  /** The row before which a new line comes. */
  let next: number | undefined;
  return after.map((item, index): Item => {
    const old = item.was === undefined ? undefined : before[item.was]!;
    const row = item.was === undefined ? undefined : at[item.was];
    const same = old && old.text === item.text && sameTimes(old, item);
    if (old?.place && row !== undefined) {
      next = row + 1;
      const { body, items } = rows[row]!;
      const place = { ...old.place, source: body };
      // What somebody else changed in the line is known to be given up.
      if (!same) rows[row]!.body = format.change(place, body === old.place.source ? old : undefined, item);
      const kept = { place: movedPlace(old.place, rows[row]!.body) };
      items.push(kept);
      return kept;
    }
    if (same) return { place: old.place };
    next ??= after.slice(index).flatMap(({ was }) => (was === undefined ? [] : (at[was] ?? [])))[0] ?? rows.length - 1;
    const added: Item = { place: undefined };
    if (!format.make || (old && !page.overwrite)) page.missing++;
    else rows[next]!.added.push({ body: made(item), item: added });
    return added;
  });
}

function movedPlace(place: LinePlace, source: string): LinePlace {
  const longer = source.length - place.source.length;
  return { ...place, source, ...(place.endColumn === undefined ? {} : { endColumn: place.endColumn + longer }) };
}

function rowsOf(text: string, newline: string): Row[] {
  const lines = text.split('\n');
  const rows = lines.map((line, index): Row => {
    const body = line.endsWith('\r') ? line.slice(0, -1) : line;
    const end = index === lines.length - 1 ? newline : line === body ? '\n' : '\r\n';
    return { body, end, items: [], added: [] };
  });
  if (rows.at(-1)!.body !== '') rows.push({ body: '', end: '', items: [], added: [] });
  rows.at(-1)!.gone = true;
  return rows;
}

/** Finds rows by their content, the nearest one to where it was; each once. */
function finder(rows: readonly Row[], tiers: readonly TierLines[], same: LineFormat['same']) {
  const wanted = new Set(tiers.flatMap(({ before }) => before.flatMap(({ place }) => place?.source ?? [])));
  const found = new Map<string, number[]>();
  rows.forEach(({ body }, index) => {
    if (!wanted.has(body)) return;
    const known = found.get(body);
    if (known) known.push(index);
    else found.set(body, [index]);
  });
  return (place: LinePlace): number | undefined => {
    const candidates = found.get(place.source) ?? [];
    const distance = (index: number) => Math.abs(index + 1 - place.line);
    const [nearest] = candidates.toSorted((a, b) => distance(a) - distance(b));
    if (nearest !== undefined) {
      found.set(place.source, candidates.toSpliced(candidates.indexOf(nearest), 1));
      return nearest;
    }
    const other = same ? rows.findIndex(({ body, gone }) => !gone && same(body, place)) : -1;
    return other < 0 ? undefined : other;
  };
}

function joinRows(rows: readonly Row[], newline: string, terminated: boolean): string {
  const lines: string[] = [];
  const put = (body: string, end: string, items: readonly Item[]) => {
    lines.push(body, end);
    for (const item of items) item.place = { ...item.place, line: lines.length / 2, source: body };
  };
  for (const { body, end, items, added, gone } of rows) {
    for (const line of added) put(line.body, newline, [line.item]);
    if (!gone) put(body, end, items);
  }
  if (!terminated) lines.pop();
  return lines.join('');
}
