import type { SourceItem, SourceTier } from '../../../../asr/annotations/sources/source.ts';
import type { Tier, TierItem } from '../../../../asr/annotations/tiers/annotationDocument.ts';

/** A tier as a document holds it. Items that `before` had too keep their ids. */
export function tierOf({ key: _, items: read, ...rest }: SourceTier, id: string, before?: Tier): Tier {
  if (!before) {
    const items = read.map(({ place: _place, ...values }, i): TierItem => ({ id: i + 1, ...values }));
    return { ...rest, id, items, nextItem: items.length + 1 };
  }
  const ids = new Map(before.items.map((item) => [identityOf(item), item.id]));
  let next = before.nextItem;
  const items = read.map(({ place: _place, ...values }): TierItem => {
    const identity = identityOf(values);
    const own = ids.get(identity);
    ids.delete(identity);
    return { id: own ?? next++, ...values };
  });
  return { ...rest, id, items, nextItem: next };
}

const identityOf = ({ startSec, endSec, text }: Pick<SourceItem, 'startSec' | 'endSec' | 'text'>) =>
  `${startSec} ${endSec} ${text}`;

/** Whether a file says of a tier what it said, as exactly as its format holds times. */
export function sameTier(base: Tier, fresh: SourceTier, format: string): boolean {
  const toleranceSec = format === 'ctm' ? 6e-4 : 2e-6;
  const close = (a: number, b: number) => Math.abs(a - b) <= toleranceSec;
  return (
    base.kind === fresh.kind &&
    base.name === fresh.name &&
    base.can.text === fresh.can.text &&
    base.items.length === fresh.items.length &&
    base.items.every((item, i) => {
      const { startSec, endSec, text } = fresh.items[i]!;
      return item.text === text && close(item.startSec, startSec) && close(item.endSec, endSec);
    })
  );
}
