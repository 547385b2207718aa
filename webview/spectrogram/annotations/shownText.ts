import { showControls } from '../../../src/shared/problem.ts';
import type { AnnotationItem, AnnotationTier, TierKind } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { formatTime } from '../../ui/axisText.ts';
import { fill } from '../../ui/fill.ts';
import type { AnnotationStrings } from './strings.ts';

const longest = 200;

/** Text of a label as it is shown: on one line, of bearable length, with characters that act made visible. */
export function shownText(text: string): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return showControls(cut.replace(/\s+/g, ' ').trim());
}

/** An item as it is read out: its text, its times, and how sure it is. */
export function describeItem(
  { text: label, startSec, endSec, confidence }: AnnotationItem,
  kind: TierKind,
  text: AnnotationStrings,
): string {
  const times = kind === 'point' ? formatTime(startSec) : `${formatTime(startSec)} – ${formatTime(endSec)}`;
  const named = fill(text.itemName, shownText(label) || text.noText, times);
  return confidence === undefined ? named : `${named}, ${fill(text.sure, Math.round(confidence * 100))}`;
}

/** A tier as it is read out: its name, what it is, and its file. */
export function describeTier({ name, role, file }: AnnotationTier, text: AnnotationStrings): string {
  return fill(text.tierPosition, shownText(name), text.roles[role], file ? shownText(file) : text.notSaved);
}
