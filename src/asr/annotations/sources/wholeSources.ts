import { locateTextGrid } from '../locateTextGrid.ts';
import type { TextGridTier } from '../textGrid.ts';
import {
  type AnnotationSource,
  canAll,
  canNothing,
  canText,
  type RecordingFacts,
  type SourceItem,
  type SourceTier,
} from './source.ts';

/** Names that people give to tiers of what is said. */
const spoken = /word|text|transcri|utter|phrase|sentence|ortho|speech|ref/i;

/** The tiers of a TextGrid; its intervals without a text are silence. */
export function readTextGridSource(text: string, file: string): AnnotationSource {
  const located = locateTextGrid(text, file);
  if ('problem' in located) return { file, format: 'textGrid', tiers: [], problems: [located.problem] };
  const source: AnnotationSource = { file, format: 'textGrid', tiers: [], problems: [] };
  const keys = keysOf(located.grid.tiers);
  located.grid.tiers.forEach((tier, i) => {
    const items = itemsOf(tier);
    const sound = inOrder(items);
    if (!sound) {
      const line = text.slice(0, located.tiers[i]!.from).split('\n').length;
      const message = `the labels of “${tier.name}” overlap or are not in order; they cannot be changed here`;
      source.problems.push({ code: 'textgrid-order', severity: 'warning', message, file, line, column: 1 });
    }
    source.tiers.push({
      ...{
        key: keys[i]!,
        name: tier.name,
        kind: tier.kind,
        can: sound ? canAll : canNothing,
        texts: 'any',
        named: true,
      },
      role: tier.kind === 'interval' && spoken.test(tier.name) ? 'reference' : 'labels',
      items: sound ? items : items.toSorted((a, b) => a.startSec - b.startSec),
    });
  });
  return source;
}

/** Keys of tiers: names may come more than once. */
export function keysOf(tiers: readonly Pick<SourceTier, 'kind' | 'name'>[]): string[] {
  const seen = new Map<string, number>();
  return tiers.map(({ kind, name }) => {
    const key = `${kind} ${name}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return `${key} ${count}`;
  });
}

/** Items of a tier as they are shown. */
export function itemsOf(tier: TextGridTier): SourceItem[] {
  if (tier.kind === 'point')
    return tier.points.map(({ timeSec, text }) => ({ startSec: timeSec, endSec: timeSec, text }));
  return tier.intervals.filter(({ text }) => text.trim() !== '');
}

function inOrder(items: readonly SourceItem[]): boolean {
  return items.every(({ startSec, endSec }, i) => {
    const before = items[i - 1];
    return startSec >= 0 && endSec >= startSec && (!before || before.endSec <= startSec);
  });
}

/** A file beside the recording that holds its transcript. */
export function readTextSource(
  text: string,
  file: string,
  { durationSec }: RecordingFacts,
): AnnotationSource | undefined {
  const transcript = text.trim();
  if (transcript === '') return undefined;
  const name = file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
  const items = [{ startSec: 0, endSec: durationSec, text: transcript }];
  const style = { role: 'reference', kind: 'interval', can: canText, texts: 'any', named: false } as const;
  return { file, format: 'text', tiers: [{ key: 'text', name, ...style, items }], problems: [], text };
}
