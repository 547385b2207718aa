import type {
  EvaluationReport,
  ReportScores,
  ReportUtterance,
  ResultCard,
} from '../../shared/evaluation/evaluationReport.ts';
import type { Problem } from '../../shared/problem.ts';
import { errorRateInterval95 } from '../bootstrap.ts';
import { addErrors, characterErrors, countErrors, errorRate, NO_ERRORS } from '../errorRate.ts';
import { splitWords } from '../transcript.ts';
import type { Word } from '../words.ts';
import { alignReportWords } from './alignReportWords.ts';
import { binReliability } from './binReliability.ts';
import { countConfusions } from './countConfusions.ts';
import { sliceUtterances } from './sliceUtterances.ts';

/** An utterance with what a model made of it. Texts are normalised. */
export type HeardUtterance = Omit<ReportUtterance, 'counts' | 'characterErrors' | 'words' | 'speechRate'> & {
  /** Times and confidences of the words of the hypothesis, in order; undefined for a word that has none. */
  heard?: readonly (Partial<Word> | undefined)[];
};

/** What one model, or several as one, made of all utterances. */
export interface HeardSet {
  utterances: readonly HeardUtterance[];
  /** Time taken, all in all. */
  seconds: number;
  audioSec: number;
  skipped: number;
  excluded: number;
}

export interface ReportParts {
  card: ResultCard;
  /** What the report is about. */
  main: HeardSet;
  /** Each model of an ensemble and the ways they were combined. */
  combined?: readonly { name: string; heard: HeardSet }[];
  problems: readonly Problem[];
}

/** The whole report; utterances in the order of their manifest's lines. */
export function buildReport({ card, main, combined, problems }: ReportParts): EvaluationReport {
  const scored = main.utterances.map(scoreUtterance);
  const utterances = [...scored].sort((a, b) => a.line - b.line);
  return {
    version: 1,
    card,
    scores: scoreSet(main, scored),
    ...(combined
      ? {
          combined: combined.map(({ name, heard }) => ({
            name,
            ...scoreSet(heard, heard.utterances.map(scoreUtterance)),
          })),
        }
      : {}),
    confusions: countConfusions(utterances),
    slices: sliceUtterances(utterances),
    reliability: binReliability(utterances),
    utterances,
    problems: [...problems],
  };
}

function scoreUtterance({ heard, ...utterance }: HeardUtterance): ReportUtterance {
  const { reference, hypothesis, durationSec } = utterance;
  const words = alignReportWords(splitWords(reference), splitWords(hypothesis), utterance, heard);
  const { substitutions, deletions, insertions } = characterErrors(reference, hypothesis);
  return {
    ...utterance,
    counts: countErrors(words),
    characterErrors: substitutions + deletions + insertions,
    words,
    speechRate: durationSec > 0 ? [...reference].length / durationSec : 0,
  };
}

function scoreSet(set: HeardSet, utterances: readonly ReportUtterance[]): ReportScores {
  const counts = utterances.map((utterance) => utterance.counts);
  const words = counts.reduce(addErrors, NO_ERRORS);
  const characters = utterances
    .map(({ reference, hypothesis }) => characterErrors(reference, hypothesis))
    .reduce(addErrors, NO_ERRORS);
  const wrong = counts.filter((own) => own.substitutions + own.deletions + own.insertions > 0).length;
  return {
    wer: errorRate(words),
    cer: errorRate(characters),
    sentenceErrorRate: utterances.length === 0 ? 0 : wrong / utterances.length,
    words,
    characters,
    interval95: errorRateInterval95(
      counts,
      utterances.map(({ speaker }) => speaker),
    ),
    realTimeFactor: set.audioSec > 0 ? set.seconds / set.audioSec : 0,
    utterances: utterances.length,
    skipped: set.skipped,
    excluded: set.excluded,
  };
}
