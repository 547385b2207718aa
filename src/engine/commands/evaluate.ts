import { errorRateInterval95 } from '../../asr/bootstrap.ts';
import { errorRate } from '../../asr/errorRate.ts';
import { UserError } from '../../shared/problem.ts';
import type { Scores } from '../../training/evaluate.ts';
import type { ParsedArguments } from '../arguments.ts';
import { chooseDecoding, type Decoding, renderDecoding } from '../model/chooseDecoding.ts';
import { averageModels, combineScores } from '../model/ensemble.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { createRecognizer, type Recognizer } from '../model/recognizer.ts';
import { type Measured, scoreManifest } from '../model/scoreManifest.ts';
import type { ReplaySettings } from '../stream/replayFile.ts';
import { scoreStream } from '../stream/scoreStream.ts';
import { streamSettings } from '../stream/streamSettings.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const models: OpenedModel[] = [];
  for (const operand of args.operands) models.push(await openModel(operand, terminal.report));
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const decodings = models.map((model) => chooseDecoding(model, args));
  const searching = decodings.find(({ type }) => type !== 'greedy');
  if (models.length > 1 && searching)
    throw new UserError(
      `several models are combined frame by frame, which CTC allows and --decoder ${searching.type} does not; add --decoder greedy, or give one model`,
    );
  const manifest = args.text('manifest')!;
  const measured = args.flag('streaming')
    ? await measureStreaming(models, decodings, { manifest, threads, ...streamSettings(args) }, terminal)
    : await measure(models, decodings, { manifest, threads }, terminal);
  if (!measured) return 130;
  for (const part of measured) printScores(part, decodings[0]!, terminal);
  // Of several models ROVER is the answer: their CTC spikes stand at different frames, and an average may lose them.
  const main = measured.at(-1)!;
  terminal.result({
    ...describe(main),
    decoder: decodings[0]!.type,
    ...(measured.length > 1 ? { combined: measured.map(describeShortly) } : {}),
    utterances: main.scores.utterances.map((utterance) => ({
      audioFilepath: utterance.example.audioFilepath,
      reference: utterance.example.text,
      hypothesis: utterance.hypothesis,
      wer: errorRate(utterance.words),
    })),
  });
  return 0;
}

/** One model, greedily: only that can be read as it comes. */
async function measureStreaming(
  models: readonly OpenedModel[],
  decodings: readonly Decoding[],
  { manifest, ...settings }: ReplaySettings & { manifest: string; threads: number },
  terminal: Terminal,
): Promise<Measured[] | undefined> {
  if (models.length > 1) throw new UserError('--streaming takes one model');
  if (decodings[0]!.type !== 'greedy')
    throw new UserError(`--streaming reads greedily, not by ${decodings[0]!.type}; add --decoder greedy`);
  const measured = await scoreStream(models[0]!, manifest, settings, terminal);
  return measured && [measured];
}

const averaged = 'average of the log-probabilities';

/** Each model alone; with several also their average and the ROVER of their transcripts. */
async function measure(
  models: readonly OpenedModel[],
  decodings: readonly Decoding[],
  { manifest, threads }: { manifest: string; threads: number },
  terminal: Terminal,
): Promise<Measured[]> {
  const recognizers: Recognizer[] = [];
  try {
    for (const [i, model] of models.entries()) recognizers.push(await createRecognizer(model, threads, decodings[i]));
    const measured: Measured[] = [];
    for (const [i, { metadata, source }] of models.entries()) {
      const scorer = { metadata, source, evaluate: recognizers[i]!.evaluate };
      measured.push(await scoreManifest(scorer, manifest, terminal));
    }
    if (models.length === 1) return measured;
    const average = averageModels(models, recognizers, averaged);
    const together = combineScores(measured);
    if (!('refused' in average)) return [...measured, await scoreManifest(average, manifest, terminal), together];
    terminal.report({ code: 'not-averaged', severity: 'info', message: average.refused });
    return [...measured, together];
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
  const { model, wer, cer, interval95 } = describe(measured);
  return { model, wer, cer, interval95 };
};
