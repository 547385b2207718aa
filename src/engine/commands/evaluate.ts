import type { Alternative } from '../../asr/beam/ctcPrefixBeam.ts';
import { errorRateInterval95 } from '../../asr/bootstrap.ts';
import { errorRate } from '../../asr/errorRate.ts';
import { renderCardMarkdown } from '../../asr/evaluation/cardRows.ts';
import type { EvaluationReport } from '../../shared/evaluation/evaluationReport.ts';
import { UserError } from '../../shared/problem.ts';
import type { Scores } from '../../training/evaluate.ts';
import { makeFolder } from '../../training/fileError.ts';
import type { ParsedArguments } from '../arguments.ts';
import { withBeam } from '../model/beamDecoder.ts';
import { chooseDecoding, type Decoding, readNBest, renderDecoding } from '../model/chooseDecoding.ts';
import { averageModels, combineScores } from '../model/ensemble.ts';
import { keepAlternatives, oracleErrors } from '../model/keepAlternatives.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { createRecognizer, type Recognizer } from '../model/recognizer.ts';
import { type Measured, type Scorer, scoreManifest } from '../model/scoreManifest.ts';
import { renderTuning, type Tuning, tuneLanguageModel } from '../model/tuneLanguageModel.ts';
import { startOrtClient } from '../ortClient.ts';
import { reportOf } from '../report/reportOf.ts';
import { describeLanguageModel } from '../report/resultCard.ts';
import { reportFile, writeReport } from '../report/writeReport.ts';
import type { ReplaySettings } from '../stream/replayFile.ts';
import { scoreStream } from '../stream/scoreStream.ts';
import { streamSettings } from '../stream/streamSettings.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const outDir = args.text('out-dir');
  if (outDir !== undefined) makeFolder(outDir, 'the report');
  const evaluated = await evaluateModels(
    { paths: args.operands, snr: outDir !== undefined, command: ['asr', args.command, ...args.argv] },
    args,
    terminal,
  );
  if (!evaluated) return 130;
  const { measured, report, decoding, nBest, kept, tuning } = evaluated;
  for (const part of measured) printScores(part, decoding, terminal);
  const main = measured.at(-1)!;
  const oracle = nBest > 1 ? errorRate(oracleErrors(measured[0]!.scores, kept)) : undefined;
  if (oracle !== undefined) terminal.print(`best of ${nBest} alternatives each: WER ${(100 * oracle).toFixed(2)} %`);
  for (const line of tuning ? renderTuning(tuning) : []) terminal.print(line);
  if (outDir !== undefined) terminal.print(`wrote ${(await writeReport(outDir, report)).join(' and ')}`);
  if (args.flag('card')) terminal.print(renderCardMarkdown(report.card, report.scores));
  terminal.result({
    ...describe(main),
    ...describeDecoding(decoding),
    ...(oracle === undefined ? {} : { oracleWer: oracle }),
    ...(tuning ? { tuning: { best: tuning.best, tried: tuning.tried } } : {}),
    sentenceErrorRate: report.scores.sentenceErrorRate,
    characterErrors: report.scores.characters,
    card: report.card,
    ...(outDir === undefined ? {} : { report: reportFile(outDir) }),
    ...(measured.length > 1 ? { combined: measured.map(describeShortly) } : {}),
    utterances: main.scores.utterances.map((utterance, i) => ({
      audioFilepath: utterance.example.audioFilepath,
      reference: utterance.example.text,
      hypothesis: utterance.hypothesis,
      wer: errorRate(utterance.words),
      line: utterance.example.line,
      durationSec: utterance.example.samples / main.metadata.features.sampleRateHz,
      ...(nBest > 1 && kept[i] ? { alternatives: kept[i].map(({ tokens: _, ...scores }) => scores) } : {}),
    })),
  });
  return 0;
}

export interface EvaluatedModels {
  /** The last is the answer: of several models ROVER, since their CTC spikes stand at different frames, and an average may lose them. */
  measured: Measured[];
  report: EvaluationReport;
  decoding: Decoding;
  /** What a beam read from the utterances, of a single model: so many alternatives of each. */
  nBest: number;
  kept: Alternative[][];
  tuning?: Tuning;
}

/**
 * One model, or several as one, over `--manifest`, decoded as the options say; undefined where a stream was interrupted.
 * `command` is what repeats it.
 */
export async function evaluateModels(
  { paths, snr, command }: { paths: readonly string[]; snr: boolean; command: readonly string[] },
  args: ParsedArguments,
  terminal: Terminal,
): Promise<EvaluatedModels | undefined> {
  const models: OpenedModel[] = [];
  for (const path of paths) models.push(await openModel(path, terminal.report));
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const decodings = models.map((model) => chooseDecoding(model, args));
  const searching = decodings.find(({ type }) => type === 'attention' || type === 'joint');
  if (models.length > 1 && searching)
    throw new UserError(
      `several models are combined frame by frame, which CTC allows and --decoder ${searching.type} does not; add --decoder greedy or beam, or give one model`,
    );
  const manifest = args.text('manifest')!;
  const asked = { manifest, threads, snr, nBest: readNBest(args), tune: args.flag('tune-lm') };
  const decoding = decodings[0]!;
  if (asked.tune && (models.length > 1 || decoding.languageModel === null))
    throw new UserError('--tune-lm needs one model and a language model: --lm x.arpa');
  const all = args.flag('streaming')
    ? await measureStreaming(models, decoding, { manifest, threads, ...streamSettings(args) }, terminal)
    : await measure(models, decodings, asked, terminal);
  if (!all) return undefined;
  const { measured, runtimeVersion, order, ...beam } = all;
  const report = await reportOf(measured, {
    paths,
    models,
    manifest,
    decoder: renderDecoding(decoding),
    languageModel: await describeLanguageModel(decoding, order),
    threads,
    runtimeVersion,
    date: new Date(),
    command,
  });
  return { measured, report, decoding, nBest: asked.nBest, ...beam };
}

/** One model, greedily: only that can be read as it comes. */
async function measureStreaming(
  models: readonly OpenedModel[],
  { type }: Decoding,
  { manifest, ...settings }: ReplaySettings & { manifest: string; threads: number },
  terminal: Terminal,
): Promise<AllMeasured | undefined> {
  if (models.length > 1) throw new UserError('--streaming takes one model');
  if (type !== 'greedy') throw new UserError(`--streaming reads greedily, not by ${type}; add --decoder greedy`);
  const measured = await scoreStream(models[0]!, manifest, settings, terminal);
  if (!measured) return undefined;
  const client = startOrtClient();
  try {
    return { measured: [measured], kept: [], order: undefined, runtimeVersion: await client.call('version') };
  } finally {
    await client.dispose();
  }
}

const averaged = 'average of the log-probabilities';

interface Asked {
  manifest: string;
  threads: number;
  snr: boolean;
  nBest: number;
  tune: boolean;
}

interface AllMeasured extends Pick<EvaluatedModels, 'measured' | 'kept' | 'tuning'> {
  runtimeVersion: string;
  /** Of the language model. */
  order: number | undefined;
}

/** Each model alone; with several also their average and the ROVER of their transcripts. */
async function measure(
  models: readonly OpenedModel[],
  decodings: readonly Decoding[],
  asked: Asked,
  terminal: Terminal,
): Promise<AllMeasured> {
  const recognizers: Recognizer[] = [];
  const options = { nBest: asked.nBest, report: terminal.report };
  try {
    for (const [i, model] of models.entries())
      recognizers.push(await createRecognizer(model, asked.threads, decodings[i], options));
    const first = recognizers[0]!;
    const about = { runtimeVersion: await first.runtimeVersion(), order: first.beam?.languageModelOrder };
    const scorers = models.map(({ metadata, source }, i) => ({
      metadata,
      source,
      evaluate: recognizers[i]!.evaluate,
    }));
    if (models.length === 1) return { ...(await measureOne(scorers[0]!, first, asked, terminal)), ...about };
    const measured: Measured[] = [];
    for (const [i, scorer] of scorers.entries())
      measured.push(await scoreManifest(scorer, asked.manifest, terminal, { snr: asked.snr && i === 0 }));
    const average = averageModels(models, recognizers, averaged);
    const together = combineScores(measured);
    if ('refused' in average) {
      terminal.report({ code: 'not-averaged', severity: 'info', message: average.refused });
      return { measured: [...measured, together], kept: [], ...about };
    }
    const scorer = { ...average, evaluate: withBeam(average.evaluate, first.beam) };
    const mean = await scoreManifest(scorer, asked.manifest, terminal);
    return { measured: [...measured, mean, together], kept: [], ...about };
  } finally {
    for (const recognizer of recognizers) await recognizer.dispose();
  }
}

async function measureOne(
  single: Scorer,
  { beam }: Recognizer,
  { manifest, snr, tune }: Asked,
  terminal: Terminal,
): Promise<Pick<EvaluatedModels, 'measured' | 'kept' | 'tuning'>> {
  const { scorer, kept } = keepAlternatives(single);
  if (!tune || !beam) return { measured: [await scoreManifest(scorer, manifest, terminal, { snr })], kept };
  const tuning = await tuneLanguageModel(scorer, beam, manifest, terminal);
  return { measured: [tuning.measured], kept, tuning };
}

function intervalOf({ utterances }: Scores): readonly [number, number] {
  return errorRateInterval95(
    utterances.map(({ words }) => words),
    utterances.map(({ example }) => example.speaker),
  );
}

function printScores({ source, scores, skipped, excluded }: Measured, decoding: Decoding, terminal: Terminal): void {
  const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`;
  const [low, high] = intervalOf(scores);
  const { substitutions, deletions, insertions, reference } = scores.words;
  terminal.print(
    `WER ${percent(scores.wer)} (95 % interval ${percent(low)} to ${percent(high)}), CER ${percent(scores.cer)}`,
  );
  terminal.print(`${reference} words: ${substitutions} substituted, ${deletions} deleted, ${insertions} inserted`);
  terminal.print(
    `${scores.utterances.length} utterances, ${skipped} left out${excluded > 0 ? `, ${excluded} excluded` : ''}; ${source}, ${renderDecoding(decoding)}`,
  );
}

function describe(measured: Measured) {
  const { scores, seconds, audioSec, skipped, excluded, source } = measured;
  const { substitutions, deletions, insertions, reference } = scores.words;
  return {
    wer: scores.wer,
    cer: scores.cer,
    wordErrors: { substitutions, deletions, insertions, words: reference },
    interval95: intervalOf(scores),
    realTimeFactor: seconds / audioSec,
    skipped,
    excluded,
    model: source,
  };
}

const describeShortly = (measured: Measured) => {
  const { model, wer, cer, interval95, realTimeFactor } = describe(measured);
  return { model, wer, cer, interval95, realTimeFactor };
};

/** What of the decoding an error rate cannot be understood without. */
function describeDecoding({ type, beamWidth, languageModel, lmWeight, wordBonus, hotwords }: Decoding) {
  if (type !== 'beam') return { decoder: type, languageModel: null };
  return { decoder: type, beamWidth, languageModel, lmWeight, wordBonus, hotwords };
}
