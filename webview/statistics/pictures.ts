import { edge } from '../../src/asr/dataset/histogram.ts';
import type { DatasetStatistics, Histogram, LevelStatistics } from '../../src/shared/datasetFacts.ts';
import type { BarPicture } from '../ui/barChart.ts';
import { fill } from '../ui/fill.ts';
import type { Strings } from './strings.ts';

/** A manifest of the view, with what is known of it by now. */
export interface ShownManifest {
  statistics: DatasetStatistics;
  levels: LevelStatistics | undefined;
  color: string;
}

/** Histograms with the same bins, side by side. */
export function pictureOf(
  shown: readonly ShownManifest[],
  histogramOf: (manifest: ShownManifest) => Histogram | undefined,
  unit: string,
  text: Strings,
): BarPicture {
  const known = shown.flatMap((manifest) => {
    const histogram = histogramOf(manifest);
    return histogram ? [{ manifest, histogram }] : [];
  });
  const { from, width } = known[0]?.histogram ?? { from: 0, width: 1 };
  const bins = Math.max(0, ...known.map(({ histogram }) => histogram.counts.length));
  const open = known.some(({ histogram }) => histogram.above > 0);
  const bars = Array.from({ length: bins }, (_, bin) => {
    const [low, high] = [edge(from, width, bin), edge(from, width, bin + 1)];
    const label = open && bin === bins - 1 ? fill(text.atLeast, low, unit) : fill(text.upTo, low, high, unit);
    return { tick: String(low), label };
  });
  return {
    unit,
    bars,
    series: known.map(({ manifest, histogram }) => ({
      ...{ name: manifest.statistics.name, color: manifest.color },
      counts: Array.from({ length: bins }, (_, bin) => histogram.counts[bin] ?? 0),
    })),
  };
}

/** Characters on the axis; the table has all. */
const mostCharacters = 48;

/** The most frequent characters of all manifests together. */
export function charactersOf(shown: readonly ShownManifest[]): string[] {
  const sums = new Map<string, number>();
  for (const { statistics } of shown)
    for (const { name, count } of statistics.alphabet) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums].sort((a, b) => b[1] - a[1]).map(([name]) => name);
}

export function alphabetPicture(shown: readonly ShownManifest[], text: Strings): BarPicture {
  const characters = charactersOf(shown).slice(0, mostCharacters);
  return {
    unit: text.character,
    bars: characters.map((name) => ({ tick: showCharacter(name, '␣'), label: showCharacter(name, text.space) })),
    series: shown.map(({ statistics, color }) => {
      const counts = new Map(statistics.alphabet.map(({ name, count }) => [name, count]));
      return { name: statistics.name, color, counts: characters.map((name) => counts.get(name) ?? 0) };
    }),
  };
}

/** What cannot be seen is shown by its number. */
export const showCharacter = (name: string, space: string): string =>
  name === ' '
    ? space
    : /^[\p{C}\p{Z}\p{M}]/u.test(name)
      ? `U+${name.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
      : name;

export type Figure = [title: string, cells: string[]];

/** The rows of the overview; those that say nothing of any manifest are left out. */
export function figuresOf(shown: readonly ShownManifest[], text: Strings): Figure[] {
  const { figures } = text;
  const number = (of: (statistics: DatasetStatistics) => number) => shown.map(({ statistics }) => of(statistics));
  const unlessZero = (counts: (number | undefined)[]) => counts.map((count) => (count ? format(count) : ''));
  const all = (counts: number[]) => counts.map(format);
  const ofSample = (of: (levels: LevelStatistics) => number) => shown.map(({ levels }) => levels && of(levels));
  const unknown = shown.map(({ statistics: { outOfVocabulary, words } }) =>
    outOfVocabulary && words > 0
      ? `${format(outOfVocabulary.words)} (${((100 * outOfVocabulary.words) / words).toFixed(2)} %)`
      : '',
  );
  const rows: Figure[] = [
    [figures.hours, number(({ durationSec }) => durationSec / 3600).map((hours) => hours.toFixed(2))],
    [figures.utterances, all(number(({ utterances }) => utterances))],
    [figures.excluded, unlessZero(number(({ excluded }) => excluded))],
    [figures.problems, unlessZero(number(({ problems }) => problems))],
    [figures.unmeasured, unlessZero(number(({ unmeasured }) => unmeasured))],
    [figures.speakers, all(number(({ speakers }) => speakers))],
    [figures.withoutSpeaker, unlessZero(number(({ withoutSpeaker }) => withoutSpeaker))],
    [figures.characters, all(number(({ alphabet }) => alphabet.length))],
    [figures.words, all(number(({ words }) => words))],
    [figures.distinctWords, all(number(({ distinctWords }) => distinctWords))],
    [figures.wordsOnce, all(number(({ wordsOnce }) => wordsOnce))],
    [fill(figures.unknownWords, shown[0]?.statistics.name ?? ''), unknown],
    [figures.clipped, unlessZero(ofSample(({ clipped }) => clipped))],
    [figures.quiet, unlessZero(ofSample(({ quiet }) => quiet))],
    [figures.unreadable, unlessZero(ofSample(({ unreadable }) => unreadable))],
  ];
  return rows.filter(([, cells]) => cells.some((cell) => cell !== ''));
}

/** With thin spaces between thousands, which every language reads. */
export const format = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, '\u202f');
