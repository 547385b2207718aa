import { errorRateInterval95 } from '../../asr/bootstrap.ts';
import { errorRate } from '../../asr/errorRate.ts';
import { renderCardMarkdown } from '../../asr/evaluation/cardRows.ts';
import type { EvaluationReport } from '../../shared/evaluation/evaluationReport.ts';
import { UserError } from '../../shared/problem.ts';
import type { Scores } from '../../training/evaluate.ts';
import { makeFolder } from '../../training/fileError.ts';
import type { ParsedArguments } from '../arguments.ts';
import { chooseDecoding, type Decoding, renderDecoding } from '../model/chooseDecoding.ts';
import { averageModels, combineScores } from '../model/ensemble.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { createRecognizer, type Recognizer } from '../model/recognizer.ts';
import { type Measured, scoreManifest } from '../model/scoreManifest.ts';
import { reportOf } from '../report/reportOf.ts';
import { reportFile, writeReport } from '../report/writeReport.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const outDir = args.text('out-dir');
  if (outDir !== undefined) makeFolder(outDir, 'the report');
  const { measured, report, decoding } = await evaluateModels(
    { paths: args.operands, snr: outDir !== undefined, command: ['asr', args.command, ...args.argv] },
    args,
    terminal,
  );
  for (const part of measured) printScores(part, decoding, terminal);
  const main = measured.at(-1)!;
  if (outDir !== undefined) terminal.print(`wrote ${(await writeReport(outDir, report)).join(' and ')}`);
  if (args.flag('card')) terminal.print(renderCardMarkdown(report.card, report.scores));
  terminal.result({
    ...describe(main),
    decoder: decoding.type,
    sentenceErrorRate: report.scores.sentenceErrorRate,
    characterErrors: report.scores.characters,
    card: report.card,
    ...(outDir === undefined ? {} : { report: reportFile(outDir) }),
    ...(measured.length > 1 ? { combined: measured.map(describeShortly) } : {}),
    utterances: main.scores.utterances.map((utterance) => ({
      audioFilepath: utterance.example.audioFilepath,
      reference: utterance.example.text,
      hypothesis: utterance.hypothesis,
      wer: errorRate(utterance.words),
      line: utterance.example.line,
      durationSec: utterance.example.samples / main.metadata.features.sampleRateHz,
    })),
  });
  return 0;
}

export interface EvaluatedModels {
  /** The last is the answer: of several models ROVER, since their CTC spikes stand at different frames, and an average may lose them. */
  measured: Measured[];
  report: EvaluationReport;
  decoding: Decoding;
}

/** One model, or several as one, over `--manifest`, decoded as the options say. `command` is what repeats it. */
export async function evaluateModels(
  { paths, snr, command }: { paths: readonly string[]; snr: boolean; command: readonly string[] },
  args: ParsedArguments,
  terminal: Terminal,
): Promise<EvaluatedModels> {
  const models: OpenedModel[] = [];
  for (const path of paths) models.push(await openModel(path, terminal.report));
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const decodings = models.map((model) => chooseDecoding(model, args));
  const searching = decodings.find(({ type }) => type !== 'greedy');
  if (models.length > 1 && searching)
    throw new UserError(
      `several models are combined frame by frame, which CTC allows and --decoder ${searching.type} does not; add --decoder greedy, or give one model`,
    );
  const manifest = args.text('manifest')!;
  const { measured, runtimeVersion } = await measure(models, decodings, { manifest, threads, snr }, terminal);
  const decoding = decodings[0]!;
  const report = await reportOf(measured, {
    paths,
    models,
    manifest,
    decoder: renderDecoding(decoding),
    languageModel: null,
    threads,
    runtimeVersion,
    date: new Date(),
    command,
  });
  return { measured, report, decoding };
}

const averaged = 'average of the log-probabilities';

/** Each model alone; with several also their average and the ROVER of their transcripts. */
async function measure(
  models: readonly OpenedModel[],
  decodings: readonly Decoding[],
  { manifest, threads, snr }: { manifest: string; threads: number; snr: boolean },
  terminal: Terminal,
): Promise<{ measured: Measured[]; runtimeVersion: string }> {
  const recognizers: Recognizer[] = [];
  try {
    for (const [i, model] of models.entries()) recognizers.push(await createRecognizer(model, threads, decodings[i]));
    const measured: Measured[] = [];
    for (const [i, { metadata, source }] of models.entries()) {
      const scorer = { metadata, source, evaluate: recognizers[i]!.evaluate };
      measured.push(await scoreManifest(scorer, manifest, terminal, { snr: snr && i === 0 }));
    }
    const runtimeVersion = await recognizers[0]!.runtimeVersion();
    if (models.length === 1) return { measured, runtimeVersion };
    const average = averageModels(models, recognizers, averaged);
    const together = combineScores(measured);
    if (!('refused' in average))
      return { measured: [...measured, await scoreManifest(average, manifest, terminal), together], runtimeVersion };
    terminal.report({ code: 'not-averaged', severity: 'info', message: average.refused });
    return { measured: [...measured, together], runtimeVersion };
  } finally {
    for (const recognizer of recognizers) await recognizer.dispose();
  }
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
    `${scores.utterances.length} utterances, ${skipped} left out${excluded > 0 ? `, ${excluded} excluded` : ''}; ${source}, ${renderDecoding(decoding)}, no language model`,
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
