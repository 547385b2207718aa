import type { Problem } from '../problem.ts';

/** What `asr evaluate` writes as `report.json` and the report view shows. Rates are fractions, times seconds. */
export interface EvaluationReport {
  version: 1;
  card: ResultCard;
  scores: ReportScores;
  /** Each model of an ensemble alone, their average and their ROVER; absent for one model. */
  combined?: (ReportScores & { name: string })[];
  confusions: Confusions;
  slices: ReportSlice[];
  /** Mean confidence against the share of right words, in bins of confidence; empty without confidences. */
  reliability: ReliabilityBin[];
  utterances: ReportUtterance[];
  /** Utterances that could not be scored, and why. */
  problems: Problem[];
}

/** Everything needed to repeat a figure. */
export interface ResultCard {
  /** What was measured; of an ensemble its models together, where the hash is that of their hashes. */
  model: CardModel;
  /** Each model of an ensemble, in the order they were given; absent for one model. */
  members?: CardModel[];
  /** Its bytes, and the utterances that were scored. */
  manifest: { path: string; sha256: string; utterances: number; durationSec: number; speakers: number };
  decoder: string;
  /** Path, order and n-grams of a language model, and its weights. */
  languageModel: { path: string; sha256: string; order: number; weight: number; wordBonus: number } | null;
  /** Each step of text normalisation, in order, in words. */
  normalization: string[];
  /** Of the training; null for several models, whose seeds are theirs. */
  seed: number | null;
  /** As the experiment says; null for an exported file or several models. */
  training: { epochs: number | null; manifests: string[] } | null;
  machine: { cpu: string; cores: number; threads: number; platform: string; memoryBytes: number };
  engineVersion: string;
  runtimeVersion: string;
  /** ISO 8601, UTC. */
  date: string;
  /** Repeats it, argument by argument. */
  command: string[];
}

export interface CardModel {
  /** As the user named it. */
  path: string;
  /** The checkpoint or file that was really read, or how several models were combined. */
  source: string;
  name: string;
  /** Weights; null where the file does not tell. */
  parameters: number | null;
  /** Of `model.safetensors` in a checkpoint, or of the exported file. */
  weightsSha256: string;
  /** Of its training; null where it is not known, as in an exported file. */
  seed: number | null;
}

export interface ReportCounts {
  substitutions: number;
  deletions: number;
  insertions: number;
  /** Units of the reference. */
  reference: number;
}

export interface ReportScores {
  wer: number;
  cer: number;
  /** Share of utterances with at least one wrong word. */
  sentenceErrorRate: number;
  words: ReportCounts;
  characters: ReportCounts;
  /** Of the WER: 95 % bootstrap interval over speakers, or utterances where there are none. */
  interval95: readonly [number, number];
  /** Time taken over audio. */
  realTimeFactor: number;
  utterances: number;
  skipped: number;
  excluded: number;
}

/** Most frequent first; an empty side is an insertion or a deletion. */
export interface Confusions {
  words: Confusion[];
  characters: Confusion[];
}

export interface Confusion {
  reference: string;
  hypothesis: string;
  count: number;
  /** Ids of the first utterances it occurs in. */
  utterances: string[];
}

export const sliceKinds = ['speaker', 'duration', 'speechRate', 'snr'] as const;
export type SliceKind = (typeof sliceKinds)[number];

export interface ReportSlice {
  by: SliceKind;
  /** A speaker, or a range with its unit: `2–4 s`. */
  name: string;
  utterances: number;
  words: ReportCounts;
  wer: number;
  interval95: readonly [number, number];
}

export interface ReliabilityBin {
  lowConfidence: number;
  highConfidence: number;
  words: number;
  meanConfidence: number;
  right: number;
}

export interface ReportUtterance {
  /** Stable: the recording as the manifest names it, with `@offset` where there is one. */
  id: string;
  /** As in the manifest, and absolute. */
  audioFilepath: string;
  audio: string;
  offsetSec: number;
  durationSec: number;
  speaker?: string;
  /** Absolute, and its line, counted from 1. */
  manifest: string;
  line: number;
  reference: string;
  hypothesis: string;
  counts: ReportCounts;
  characterErrors: number;
  words: ReportWord[];
  /** Estimated; absent where there is no pause to hear the noise in. */
  snrDb?: number;
  /** Reference characters per second. */
  speechRate: number;
}

/** One column of the alignment of reference and hypothesis. */
export interface ReportWord {
  kind: 'match' | 'substitution' | 'deletion' | 'insertion';
  reference?: string;
  hypothesis?: string;
  /** In the recording; a deletion has the gap it was expected in. */
  startSec?: number;
  endSec?: number;
  /** 0 to 1, of the hypothesis. */
  confidence?: number;
}

/** Two reports over the same utterances. */
export interface ModelComparison {
  version: 1;
  before: ResultCard;
  after: ResultCard;
  scores: { before: ReportScores; after: ReportScores };
  /** Of the difference in word errors per utterance, after − before. */
  significance: {
    test: 'matched-pair';
    /** Exact over all choices of signs where fewer than 50 utterances differ, else by the normal distribution. */
    method: 'normal' | 'sign-flip';
    /** Two-sided. */
    p: number;
    /** Mean of the differences over its standard error; null where all differ alike. */
    z: number | null;
    /** Of the WER over the utterances that both have, after − before. */
    difference: number;
    interval95: readonly [number, number];
    utterances: number;
  };
  utterances: ComparedUtterance[];
  /** Utterances only one of them has. */
  onlyBefore: string[];
  onlyAfter: string[];
}

export interface ComparedUtterance {
  id: string;
  /** Fewer word errors after, more, or as many with another or the same text. */
  change: 'fixed' | 'better' | 'same' | 'different' | 'worse' | 'broken';
  before: ReportUtterance;
  after: ReportUtterance;
}
