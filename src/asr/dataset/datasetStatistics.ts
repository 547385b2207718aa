import type { Counted, DatasetStatistics, OutOfVocabulary, SpeakerShare } from '../../shared/datasetFacts.ts';
import type { Manifest, Utterance } from '../manifest.ts';
import { normalizeText, splitWords } from '../transcript.ts';
import { type Bins, countInBins, planBins } from './histogram.ts';

/** One manifest as statistics see it. */
export interface Dataset extends Pick<Manifest, 'utterances' | 'excluded'> {
  name: string;
  /** Bad lines; they are counted and otherwise left alone. */
  problems: number;
}

/** Rows that lists of speakers and words show. */
const listed = 20;

/**
 * Statistics of manifests that belong together: their histograms have the same bins, and words are compared with those
 * of the first. Case and punctuation count as they are written.
 */
export function describeDatasets(datasets: readonly Dataset[]): DatasetStatistics[] {
  const all = datasets.flatMap(({ utterances }) => utterances);
  const bins = {
    durations: planBins(all.flatMap(({ durationSec }) => durationSec ?? [])),
    speechRates: planBins(all.flatMap((utterance) => speechRate(utterance) ?? [])),
  };
  let known: Map<string, number> | undefined;
  return datasets.map((dataset) => {
    const { words, ...statistics } = describe(dataset, bins);
    const outOfVocabulary = known && missingFrom(known, words);
    known ??= words;
    return { ...statistics, words: sum(words), ...(outOfVocabulary ? { outOfVocabulary } : {}) };
  });
}

/** Characters of the normalised transcript per second; undefined where the length is not known. */
export function speechRate({ text, durationSec }: Pick<Utterance, 'text' | 'durationSec'>): number | undefined {
  return durationSec === undefined ? undefined : [...normalizeText(text, asIs)].length / durationSec;
}

export const wordsOf = (text: string): string[] => splitWords(normalizeText(text, asIs));

const asIs = { case: 'as-is' } as const;

function describe({ name, utterances, excluded, problems }: Dataset, bins: { durations: Bins; speechRates: Bins }) {
  const [characters, words] = [new Map<string, number>(), new Map<string, number>()];
  const speakers = new Map<string, SpeakerShare>();
  const [durations, rates]: [number[], number[]] = [[], []];
  let withoutSpeaker = 0;
  for (const utterance of utterances) {
    const { durationSec, speaker } = utterance;
    const text = normalizeText(utterance.text, asIs);
    let length = 0;
    for (const character of text) {
      length++;
      increase(characters, character);
    }
    for (const word of splitWords(text)) increase(words, word);
    if (durationSec !== undefined) {
      durations.push(durationSec);
      rates.push(length / durationSec);
    }
    if (speaker === undefined) withoutSpeaker++;
    else {
      const share = speakers.get(speaker) ?? { name: speaker, utterances: 0, durationSec: 0 };
      share.utterances++;
      share.durationSec += durationSec ?? 0;
      speakers.set(speaker, share);
    }
  }
  const bySize = (a: SpeakerShare, b: SpeakerShare) =>
    b.durationSec - a.durationSec || b.utterances - a.utterances || order(a.name, b.name);
  return {
    ...{ name, excluded, problems, withoutSpeaker, words },
    utterances: utterances.length,
    durationSec: durations.reduce((total, each) => total + each, 0),
    unmeasured: utterances.length - durations.length,
    speakers: speakers.size,
    topSpeakers: [...speakers.values()].sort(bySize).slice(0, listed),
    durations: countInBins(durations, bins.durations),
    speechRates: countInBins(rates, bins.speechRates),
    alphabet: mostFrequent(characters),
    distinctWords: words.size,
    wordsOnce: [...words.values()].filter((count) => count === 1).length,
    topWords: mostFrequent(words).slice(0, listed),
  };
}

function missingFrom(known: ReadonlyMap<string, number>, words: ReadonlyMap<string, number>): OutOfVocabulary {
  const missing = new Map([...words].filter(([word]) => !known.has(word)));
  return { words: sum(missing), distinct: missing.size, most: mostFrequent(missing).slice(0, listed) };
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((total, each) => total + each, 0);

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const mostFrequent = (counts: ReadonlyMap<string, number>): Counted[] =>
  [...counts].map(([name, count]) => ({ name, count })).sort((a, b) => b.count - a.count || order(a.name, b.name));
