import type { Problem } from '../../shared/problem.ts';
import { readPraatText } from './readPraatText.ts';
import type { IntervalTier, PointTier, TextGrid, TextGridTier } from './textGrid.ts';

/** A stretch of a text. */
export interface TextStretch {
  from: number;
  to: number;
}

export interface LocatedTextGrid {
  grid: TextGrid;
  /** Where the number of tiers stands; none where the file says that it has no tiers. */
  size: TextStretch | undefined;
  /** Of each tier, from its class to its last value, and of the texts of its items, quotation marks included. */
  tiers: (TextStretch & { texts: TextStretch[] })[];
}

/** A TextGrid and where its parts stand in the text. */
export function locateTextGrid(text: string, file: string): LocatedTextGrid | { problem: Problem } {
  const values = readPraatText(text);
  try {
    if (values.text() !== 'ooTextFile' || values.text() !== 'TextGrid') values.fail('the file is no TextGrid');
    const [startSec, endSec] = [values.number(), values.number()];
    if (!(endSec >= startSec)) values.fail('the end comes before the start');
    const located: LocatedTextGrid = { grid: { startSec, endSec, tiers: [] }, size: undefined, tiers: [] };
    const count = values.flag() === 'exists' ? values.count() : 0;
    if (count > 0) located.size = values.place();
    for (let i = 0; i < count; i++) {
      const texts: TextStretch[] = [];
      const { tier, from } = readTier(values, texts);
      located.grid.tiers.push(tier);
      located.tiers.push({ from, to: values.place().to, texts });
    }
    return located;
  } catch (error) {
    const found = values.fault(error);
    if (!found) throw error;
    return {
      problem: { code: 'textgrid', severity: 'error', message: found.message, file, line: found.line, column: 1 },
    };
  }
}

/** Names of the kinds of tiers in the file. */
export const tierClasses = { interval: 'IntervalTier', point: 'TextTier' } as const;

function readTier(
  values: ReturnType<typeof readPraatText>,
  texts: TextStretch[],
): { tier: TextGridTier; from: number } {
  const kind = values.text();
  const { from } = values.place();
  if (kind !== tierClasses.interval && kind !== tierClasses.point)
    values.fail(`"${kind}" is no kind of tier; there are IntervalTier and TextTier`);
  const name = values.text();
  const [startSec, endSec] = [values.number(), values.number()];
  const place = { name, startSec, endSec };
  const size = values.count();
  const label = () => {
    const text = values.text();
    texts.push(values.place());
    return text;
  };
  if (kind === tierClasses.interval) {
    const intervals: IntervalTier['intervals'] = [];
    for (let i = 0; i < size; i++)
      intervals.push({ startSec: values.number(), endSec: values.number(), text: label() });
    return { tier: { kind: 'interval', ...place, intervals }, from };
  }
  const points: PointTier['points'] = [];
  for (let i = 0; i < size; i++) points.push({ timeSec: values.number(), text: label() });
  return { tier: { kind: 'point', ...place, points }, from };
}
