import type { AnnotationSet } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import type { Stretch } from '../hand/selection.ts';
import type { Transcript } from '../viewState.ts';

interface Said extends Stretch {
  text: string;
}

/** What is known to be said in a stretch: by a reference, by labels, or by a model; whatever lies in it with its middle. */
export function textOfStretch(
  stretch: Stretch,
  annotations: AnnotationSet | undefined,
  transcripts: readonly Transcript[],
): string {
  const tiers = (annotations?.tiers ?? []).filter(({ kind }) => kind === 'interval');
  const sources: Said[][] = [
    ...tiers.filter(({ role }) => role === 'reference').map(({ items }) => items),
    ...tiers.filter(({ role }) => role === 'labels').map(({ items }) => items),
    transcripts.flatMap(({ words }) => words),
    [...transcripts],
  ];
  for (const source of sources) {
    const inside = source.filter(({ startSec, endSec }) => {
      const middle = (startSec + endSec) / 2;
      return middle >= stretch.startSec && middle <= stretch.endSec;
    });
    const text = inside
      .map((one) => one.text.trim())
      .filter(Boolean)
      .join(' ');
    if (text) return text;
  }
  return '';
}
