import type { Problem } from '../../../shared/problem.ts';
import { numberedLines } from '../../documents/dataDocument.ts';
import { parseManifest, type Utterance } from '../../manifest.ts';
import { placeOfPart } from '../../utterancePlace.ts';
import { parseCtm } from '../ctm.ts';
import { separateLanes } from './separateLanes.ts';
import {
  type AnnotationSource,
  canAll,
  canText,
  type LinePlace,
  type RecordingFacts,
  type SourceItem,
  type SourceTier,
} from './source.ts';

/** More rows than this nobody can read; they are one recording listed again and again. */
const mostLanes = 8;

type TierStyle = Omit<SourceTier, 'key' | 'items' | 'name'>;

/** Items of one file as tiers without overlaps. */
function tiersOf(name: string, key: string, style: TierStyle, items: readonly SourceItem[]): SourceTier[] {
  return separateLanes(items)
    .slice(0, mostLanes)
    .map((lane, i) => ({ ...style, name: i === 0 ? name : `${name} ${i + 1}`, key: `${key}${i}`, items: lane }));
}

function sourceOf(
  file: string,
  format: AnnotationSource['format'],
  tiers: SourceTier[],
  problems: Problem[],
): AnnotationSource | undefined {
  return tiers.length + problems.length === 0 ? undefined : { file, format, tiers, problems };
}

const nameOf = (file: string) => file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);

/**
 * Lines of a manifest that may name the recording; `names` says whether a path does. Without an offset a line is about
 * the whole recording, whatever its duration says.
 */
export function readManifestLines(
  lines: Iterable<[source: string, line: number]>,
  file: string,
  { durationSec }: RecordingFacts,
  names: (audioFilepath: string) => boolean,
): AnnotationSource | undefined {
  const items: SourceItem[] = [];
  const problems: Problem[] = [];
  for (const [written, line] of lines) {
    const source = written.replace(/^\uFEFF|\r$/g, '');
    const { utterances, problems: found } = parseManifest(source, file);
    problems.push(...found.map((problem) => ({ ...problem, line })));
    const [utterance] = utterances;
    if (!utterance || !names(utterance.audioFilepath)) continue;
    const startSec = utterance.offsetSec ?? 0;
    const part = utterance.offsetSec !== undefined && utterance.durationSec !== undefined;
    const endSec = part ? startSec + utterance.durationSec! : Math.max(startSec, durationSec);
    items.push({ startSec, endSec, text: utterance.text, place: { line, source } });
  }
  const style: TierStyle = { role: 'reference', kind: 'interval', can: canAll, texts: 'any', named: false };
  return sourceOf(file, 'manifest', tiersOf(nameOf(file), 'lines', style, items), problems);
}

/** What other lists of recordings say: their texts can be changed, not their times. */
export function readUtterances(
  utterances: readonly Utterance[],
  file: string,
  format: 'transcripts' | 'table' | 'kaldi',
  lineOf: (line: number) => string,
  { durationSec }: RecordingFacts,
): AnnotationSource | undefined {
  const items = utterances.map((utterance): SourceItem => {
    const { line, column, endColumn } = placeOfPart(utterance, 'text');
    const source = lineOf(line);
    const place: LinePlace = { line, source, column, endColumn: endColumn ?? source.length + 1 };
    if (utterance.quoted) place.quoted = true;
    const startSec = utterance.offsetSec ?? 0;
    const part = utterance.offsetSec !== undefined && utterance.durationSec !== undefined;
    return { startSec, endSec: part ? startSec + utterance.durationSec! : durationSec, text: utterance.text, place };
  });
  const texts = utterances.some(({ quoted }) => quoted) || format !== 'table' ? 'line' : 'field';
  const style: TierStyle = { role: 'reference', kind: 'interval', can: canText, texts, named: false };
  return sourceOf(file, format, tiersOf(nameOf(file), 'lines', style, items), []);
}

/** Words of a CTM file that are of the recording, a tier a channel. Undefined where it names others only. */
export function readCtmSource(text: string, file: string, { stem }: RecordingFacts): AnnotationSource | undefined {
  const channels = new Map<string, SourceItem[]>();
  const problems: Problem[] = [];
  for (const [source, line] of numberedLines(text)) {
    if (!source.includes(stem)) continue;
    const { words, problems: found } = parseCtm(source, file);
    problems.push(...found.map((problem) => ({ ...problem, line })));
    const [word] = words;
    if (!word || word.recording !== stem) continue;
    const { startSec, durationSec, confidence, channel } = word;
    const items = channels.get(channel) ?? [];
    channels.set(channel, items);
    items.push({
      ...{ startSec, endSec: startSec + durationSec, text: word.word },
      ...(confidence === undefined ? {} : { confidence }),
      place: { line, source },
    });
  }
  const style: TierStyle = { role: 'reference', kind: 'interval', can: canAll, texts: 'word', named: false };
  const tiers = [...channels].flatMap(([channel, items]) => {
    const name = channels.size > 1 ? `${nameOf(file)} (${channel})` : nameOf(file);
    return tiersOf(name, `channel ${channel} `, style, items);
  });
  return tiers.length === 0 ? undefined : sourceOf(file, 'ctm', tiers, problems);
}

const audacityLine = /^(\d+(?:\.\d+)?)\t(\d+(?:\.\d+)?)(?:\t(.*))?$/;

/** Whether a text is what Audacity exports of a label track: each line its start, end and label, parted by tabs. */
export function looksLikeAudacity(text: string): boolean {
  let labels = 0;
  for (const [line] of numberedLines(text)) {
    if (audacityLine.test(line)) labels++;
    else if (line.trim() !== '' && !(labels > 0 && line.startsWith('\\'))) return false;
  }
  return labels > 0;
}

/** Regions and points of an Audacity label file, each a tier. */
export function readAudacitySource(text: string, file: string): AnnotationSource | undefined {
  const regions: SourceItem[] = [];
  const points: SourceItem[] = [];
  // The range of frequencies follows its label on a line of its own, and would be lost with it.
  let bands = false;
  for (const [source, line] of numberedLines(text)) {
    bands ||= source.startsWith('\\');
    const match = audacityLine.exec(source);
    if (!match) continue;
    const [startSec, endSec] = [Number(match[1]), Number(match[2])];
    const item = { startSec, endSec: Math.max(startSec, endSec), text: match[3] ?? '', place: { line, source } };
    (endSec > startSec ? regions : points).push(item);
  }
  const can = { ...canAll, items: !bands };
  const style = { role: 'labels', can, texts: 'line', named: false } as const;
  const tiers = [
    ...tiersOf(nameOf(file), 'regions', { ...style, kind: 'interval' }, regions),
    ...tiersOf(nameOf(file), 'points', { ...style, kind: 'point' }, points),
  ];
  return sourceOf(file, 'audacity', tiers, []);
}
