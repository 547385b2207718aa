import type { Problem } from '../../shared/problem.ts';
import { readPraatText } from './readPraatText.ts';

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
export function renderTextGrid(grid: TextGrid, format: TextGridFormat = 'long'): string {
  return format === 'long' ? renderLong(grid) : renderShort(grid);
}

const header = 'File type = "ooTextFile"\nObject class = "TextGrid"\n\n';
const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
const classOf = { interval: 'IntervalTier', point: 'TextTier' } as const;

function renderLong({ startSec, endSec, tiers }: TextGrid): string {
  const lines = [
    `xmin = ${startSec} `,
    `xmax = ${endSec} `,
    'tiers? <exists> ',
    `size = ${tiers.length} `,
    'item []: ',
  ];
  tiers.forEach((tier, i) => {
    const size = tier.kind === 'interval' ? tier.intervals.length : tier.points.length;
    const list = tier.kind === 'interval' ? 'intervals' : 'points';
    lines.push(
      `    item [${i + 1}]:`,
      `        class = "${classOf[tier.kind]}" `,
      `        name = ${quote(tier.name)} `,
    );
    lines.push(
      `        xmin = ${tier.startSec} `,
      `        xmax = ${tier.endSec} `,
      `        ${list}: size = ${size} `,
    );
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
  });
  return `${header}${lines.join('\n')}\n`;
}

function renderShort({ startSec, endSec, tiers }: TextGrid): string {
  const lines: (string | number)[] = [startSec, endSec, '<exists>', tiers.length];
  for (const tier of tiers) {
    lines.push(quote(classOf[tier.kind]), quote(tier.name), tier.startSec, tier.endSec);
    if (tier.kind === 'interval') {
      lines.push(tier.intervals.length);
      for (const one of tier.intervals) lines.push(one.startSec, one.endSec, quote(one.text));
    } else {
      lines.push(tier.points.length);
      for (const { timeSec, text } of tier.points) lines.push(timeSec, quote(text));
    }
  }
  return `${header}${lines.join('\n')}\n`;
}

/**
 * Reads either form as Praat does: only free-standing numbers, quoted texts and <flags> count, all else is decoration
 * (Praat manual, "TextGrid file formats"). What is no TextGrid is a problem at its line.
 */
export function parseTextGrid(text: string, file: string): { grid: TextGrid } | { problem: Problem } {
  const values = readPraatText(text);
  try {
    if (values.text() !== 'ooTextFile' || values.text() !== 'TextGrid') values.fail('the file is no TextGrid');
    const [startSec, endSec] = [values.number(), values.number()];
    if (!(endSec >= startSec)) values.fail('the end comes before the start');
    const tiers: TextGridTier[] = [];
    const size = values.flag() === 'exists' ? values.count() : 0;
    for (let i = 0; i < size; i++) tiers.push(readTier(values));
    return { grid: { startSec, endSec, tiers } };
  } catch (error) {
    const found = values.fault(error);
    if (!found) throw error;
    return {
      problem: { code: 'textgrid', severity: 'error', message: found.message, file, line: found.line, column: 1 },
    };
  }
}

function readTier(values: ReturnType<typeof readPraatText>): TextGridTier {
  const kind = values.text();
  if (kind !== classOf.interval && kind !== classOf.point)
    values.fail(`"${kind}" is no kind of tier; there are IntervalTier and TextTier`);
  const name = values.text();
  const [startSec, endSec] = [values.number(), values.number()];
  const place = { name, startSec, endSec };
  const size = values.count();
  if (kind === classOf.interval) {
    const intervals: IntervalTier['intervals'] = [];
    for (let i = 0; i < size; i++)
      intervals.push({ startSec: values.number(), endSec: values.number(), text: values.text() });
    return { kind: 'interval', ...place, intervals };
  }
  const points: PointTier['points'] = [];
  for (let i = 0; i < size; i++) points.push({ timeSec: values.number(), text: values.text() });
  return { kind: 'point', ...place, points };
}
