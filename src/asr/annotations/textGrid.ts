import type { Problem } from '../../shared/problem.ts';
import { locateTextGrid, tierClasses } from './locateTextGrid.ts';

/** A Praat TextGrid: tiers of labelled intervals or points over one time axis, in seconds. */
export interface TextGrid {
  startSec: number;
  endSec: number;
  tiers: TextGridTier[];
}

export type TextGridTier = IntervalTier | PointTier;

/** Its intervals fill the tier without gaps; silence is an interval with an empty text. */
export interface IntervalTier {
  kind: 'interval';
  name: string;
  startSec: number;
  endSec: number;
  intervals: { startSec: number; endSec: number; text: string }[];
}

export interface PointTier {
  kind: 'point';
  name: string;
  startSec: number;
  endSec: number;
  points: { timeSec: number; text: string }[];
}

/** With names and indents, as Praat's "Save as text file" writes it, or the values alone. */
export type TextGridFormat = 'long' | 'short';

/** An interval tier over [startSec, endSec] in which spans that follow each other stand, and silence between them. */
export function fillTier(
  name: string,
  { startSec, endSec }: { startSec: number; endSec: number },
  spans: readonly { startSec: number; endSec: number; text: string }[],
): IntervalTier {
  const intervals: IntervalTier['intervals'] = [];
  let reached = startSec;
  for (const span of spans) {
    if (span.startSec > reached) intervals.push({ startSec: reached, endSec: span.startSec, text: '' });
    intervals.push({ startSec: Math.max(reached, span.startSec), endSec: span.endSec, text: span.text });
    reached = span.endSec;
  }
  if (reached < endSec || intervals.length === 0) intervals.push({ startSec: reached, endSec, text: '' });
  return { kind: 'interval', name, startSec, endSec: Math.max(endSec, reached), intervals };
}

/** The text of a TextGrid; `parseTextGrid` gives the very same grid back. */
export function renderTextGrid(grid: TextGrid, format: TextGridFormat = 'long', newline = '\n'): string {
  const { startSec, endSec, tiers } = grid;
  const lines =
    format === 'long'
      ? [`xmin = ${startSec} `, `xmax = ${endSec} `, 'tiers? <exists> ', `size = ${tiers.length} `, 'item []: ']
      : [`${startSec}`, `${endSec}`, '<exists>', `${tiers.length}`];
  tiers.forEach((tier, i) => {
    if (format === 'long') lines.push(`    item [${i + 1}]:`);
    // As arguments of one call, the lines of an hour's phones would overflow the stack.
    for (const line of tierLines(tier, format)) lines.push(line);
  });
  return [...header, ...lines, ''].join(newline);
}

const header = ['File type = "ooTextFile"', 'Object class = "TextGrid"', ''];
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
/** One tier as it stands in a file, from its class on. */
export function tierLines(tier: TextGridTier, format: TextGridFormat): string[] {
  return format === 'long' ? longTier(tier) : shortTier(tier);
}

function longTier(tier: TextGridTier): string[] {
  const size = tier.kind === 'interval' ? tier.intervals.length : tier.points.length;
  const list = tier.kind === 'interval' ? 'intervals' : 'points';
  const lines = [
    `        class = "${tierClasses[tier.kind]}" `,
    `        name = ${quote(tier.name)} `,
    `        xmin = ${tier.startSec} `,
    `        xmax = ${tier.endSec} `,
    `        ${list}: size = ${size} `,
  ];
  const entries: [string, number | string][][] =
    tier.kind === 'interval'
      ? tier.intervals.map((one) => [
          ['xmin', one.startSec],
          ['xmax', one.endSec],
          ['text', one.text],
        ])
      : tier.points.map((one) => [
          ['number', one.timeSec],
          ['mark', one.text],
        ]);
  entries.forEach((entry, j) => {
    lines.push(`        ${list} [${j + 1}]:`);
    for (const [key, value] of entry)
      lines.push(`            ${key} = ${typeof value === 'string' ? quote(value) : value} `);
  });
  return lines;
}

function shortTier(tier: TextGridTier): string[] {
  const lines = [quote(tierClasses[tier.kind]), quote(tier.name), `${tier.startSec}`, `${tier.endSec}`];
  if (tier.kind === 'interval') {
    lines.push(`${tier.intervals.length}`);
    for (const one of tier.intervals) lines.push(`${one.startSec}`, `${one.endSec}`, quote(one.text));
  } else {
    lines.push(`${tier.points.length}`);
    for (const { timeSec, text } of tier.points) lines.push(`${timeSec}`, quote(text));
  }
  return lines;
}

/**
 * Reads either form as Praat does: only free-standing numbers, quoted texts and <flags> count, all else is decoration
 * (Praat manual, "TextGrid file formats"). What is no TextGrid is a problem at its line.
 */
export function parseTextGrid(text: string, file: string): { grid: TextGrid } | { problem: Problem } {
  const located = locateTextGrid(text, file);
  return 'problem' in located ? located : { grid: located.grid };
}
