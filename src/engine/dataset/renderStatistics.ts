import { edge } from '../../asr/dataset/histogram.ts';
import type { DatasetStatistics, Histogram, LevelStatistics } from '../../shared/datasetFacts.ts';

export type DescribedDataset = DatasetStatistics & { levels?: LevelStatistics };

const shownCharacters = 60;

/** Manifests side by side, a line per figure, and what each is made of under it. */
export function renderStatistics(datasets: readonly DescribedDataset[]): string[] {
  const rows: string[][] = [
    ['', ...datasets.map(({ name }) => name)],
    ...figures.flatMap(([title, of]) => {
      const cells = datasets.map(of);
      return cells.every((cell) => cell === '') ? [] : [[title, ...cells]];
    }),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
  return [...lines, ...datasets.flatMap(renderParts)];
}

const perCent = (part: number, whole: number) => (whole === 0 ? '' : `${((100 * part) / whole).toFixed(2)} %`);
const unlessZero = (count: number) => (count === 0 ? '' : String(count));

const figures: [title: string, of: (dataset: DescribedDataset) => string][] = [
  ['hours', ({ durationSec }) => (durationSec / 3600).toFixed(2)],
  ['utterances', ({ utterances }) => String(utterances)],
  ['excluded', ({ excluded }) => unlessZero(excluded)],
  ['problems', ({ problems }) => unlessZero(problems)],
  ['without a length', ({ unmeasured }) => unlessZero(unmeasured)],
  ['speakers', ({ speakers }) => String(speakers)],
  ['without a speaker', ({ withoutSpeaker }) => unlessZero(withoutSpeaker)],
  ['characters', ({ alphabet }) => String(alphabet.length)],
  ['words', ({ words }) => String(words)],
  ['different words', ({ distinctWords }) => String(distinctWords)],
  ['words once only', ({ wordsOnce }) => String(wordsOnce)],
  [
    'words not in the first',
    ({ outOfVocabulary: unknown, words }) => (unknown ? `${unknown.distinct} (${perCent(unknown.words, words)})` : ''),
  ],
  ['heard', ({ levels }) => (levels ? `${levels.heard} of ${levels.sampled}` : '')],
  ['clipped', ({ levels }) => (levels ? String(levels.clipped) : '')],
  ['quiet', ({ levels }) => (levels ? String(levels.quiet) : '')],
];

function renderParts({ name, alphabet, durations, speechRates, outOfVocabulary, levels }: DescribedDataset): string[] {
  const characters = alphabet
    .slice(0, shownCharacters)
    .map(({ name: character, count }) => `${character === ' ' ? 'space' : character} ${count}`);
  const more = alphabet.length > shownCharacters ? ` and ${alphabet.length - shownCharacters} more` : '';
  const lines = ['', name, `alphabet: ${characters.join(', ')}${more}`];
  if (outOfVocabulary && outOfVocabulary.distinct > 0)
    lines.push(`not in the first: ${outOfVocabulary.most.map(({ name: word }) => word).join(', ')}`);
  for (const format of levels?.formats ?? []) lines.push(`${format.count} × ${format.name}`);
  lines.push(...renderHistogram('seconds', durations), ...renderHistogram('characters per second', speechRates));
  if (levels) lines.push(...renderHistogram('dBFS', levels.rmsDb));
  return lines;
}

const barWidth = 40;

function renderHistogram(title: string, { from, width, counts, above }: Histogram): string[] {
  const most = Math.max(...counts);
  if (most === 0) return [];
  const ends = counts.map((_, bin) => `${edge(from, width, bin)}`);
  const column = Math.max(...ends.map(({ length }) => length));
  const rows = counts.map((count, bin) => {
    const bar = '#'.repeat(Math.ceil((barWidth * count) / most));
    const open = bin === counts.length - 1 && above > 0 ? '+' : ' ';
    return `  ${ends[bin]!.padStart(column)}${open} ${bar} ${count}`;
  });
  return [`${title}, from:`, ...rows];
}
