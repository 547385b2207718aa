import type { Alternative } from '../../asr/beam/ctcPrefixBeam.ts';
import { errorRateInterval95 } from '../../asr/bootstrap.ts';
import { errorRate } from '../../asr/errorRate.ts';
import { UserError } from '../../shared/problem.ts';
import type { Scores } from '../../training/evaluate.ts';
import type { ParsedArguments } from '../arguments.ts';
import { withBeam } from '../model/beamDecoder.ts';
import { chooseDecoding, type Decoding, readNBest, renderDecoding } from '../model/chooseDecoding.ts';
import { averageModels, combineScores } from '../model/ensemble.ts';
import { keepAlternatives, oracleErrors } from '../model/keepAlternatives.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { createRecognizer, type Recognizer } from '../model/recognizer.ts';
import { type Measured, type Scorer, scoreManifest } from '../model/scoreManifest.ts';
import { renderTuning, type Tuning, tuneLanguageModel } from '../model/tuneLanguageModel.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const models: OpenedModel[] = [];
  for (const operand of args.operands) models.push(await openModel(operand, terminal.report));
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const decodings = models.map((model) => chooseDecoding(model, args));
  const searching = decodings.find(({ type }) => type === 'attention' || type === 'joint');
  if (models.length > 1 && searching)
    throw new UserError(
      `several models are combined frame by frame, which CTC allows and --decoder ${searching.type} does not; add --decoder greedy or beam, or give one model`,
    );
  const asked = { manifest: args.text('manifest')!, threads, nBest: readNBest(args), tune: args.flag('tune-lm') };
  if (asked.tune && (models.length > 1 || decodings[0]!.languageModel === null))
    throw new UserError('--tune-lm needs one model and a language model: --lm x.arpa');
  const { measured, kept, tuning } = await measure(models, decodings, asked, terminal);
  for (const part of measured) printScores(part, decodings[0]!, terminal);
  // Of several models ROVER is the answer: their CTC spikes stand at different frames, and an average may lose them.
  const main = measured.at(-1)!;
  const oracle = asked.nBest > 1 ? errorRate(oracleErrors(measured[0]!.scores, kept)) : undefined;
  if (oracle !== undefined)
    terminal.print(`best of ${asked.nBest} alternatives each: WER ${(100 * oracle).toFixed(2)} %`);
  for (const line of tuning ? renderTuning(tuning) : []) terminal.print(line);
  terminal.result({
    ...describe(main),
    ...describeDecoding(decodings[0]!),
    ...(oracle === undefined ? {} : { oracleWer: oracle }),
    ...(tuning ? { tuning: { best: tuning.best, tried: tuning.tried } } : {}),
    ...(measured.length > 1 ? { combined: measured.map(describeShortly) } : {}),
    utterances: main.scores.utterances.map((utterance, i) => ({
      audioFilepath: utterance.example.audioFilepath,
      reference: utterance.example.text,
      hypothesis: utterance.hypothesis,
      wer: errorRate(utterance.words),
      ...(asked.nBest > 1 && kept[i] ? { alternatives: kept[i].map(({ tokens: _, ...scores }) => scores) } : {}),
    })),
  });
  return 0;
}

const averaged = 'average of the log-probabilities';

interface Asked {
  manifest: string;
  threads: number;
  nBest: number;
  tune: boolean;
}

interface AllMeasured {
  measured: Measured[];
  /** What a beam read from the utterances, of a single model. */
  kept: Alternative[][];
  tuning?: Tuning;
}

/** Each model alone; with several also their average and the ROVER of their transcripts. */
async function measure(
  models: readonly OpenedModel[],
  decodings: readonly Decoding[],
  { manifest, threads, nBest, tune }: Asked,
  terminal: Terminal,
): Promise<AllMeasured> {
  const recognizers: Recognizer[] = [];
  const options = { nBest, report: terminal.report };
  try {
    for (const [i, model] of models.entries())
      recognizers.push(await createRecognizer(model, threads, decodings[i], options));
    const scorers = models.map(({ metadata, source }, i) => ({
      metadata,
      source,
      evaluate: recognizers[i]!.evaluate,
    }));
    if (models.length === 1) return await measureOne(scorers[0]!, recognizers[0]!, { manifest, tune }, terminal);
    const measured: Measured[] = [];
    for (const scorer of scorers) measured.push(await scoreManifest(scorer, manifest, terminal));
    const average = averageModels(models, recognizers, averaged);
    const together = combineScores(measured);
    if ('refused' in average) {
      terminal.report({ code: 'not-averaged', severity: 'info', message: average.refused });
      return { measured: [...measured, together], kept: [] };
    }
    const scorer = { ...average, evaluate: withBeam(average.evaluate, recognizers[0]!.beam) };
    return { measured: [...measured, await scoreManifest(scorer, manifest, terminal), together], kept: [] };
  } finally {
    for (const recognizer of recognizers) await recognizer.dispose();
  }
}

async function measureOne(
  single: Scorer,
  { beam }: Recognizer,
  { manifest, tune }: Pick<Asked, 'manifest' | 'tune'>,
  terminal: Terminal,
): Promise<AllMeasured> {
  const { scorer, kept } = keepAlternatives(single);
  if (!tune || !beam) return { measured: [await scoreManifest(scorer, manifest, terminal)], kept };
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
  const { model, wer, cer, interval95 } = describe(measured);
  return { model, wer, cer, interval95 };
};

/** What of the decoding an error rate cannot be understood without. */
function describeDecoding({ type, beamWidth, languageModel, lmWeight, wordBonus, hotwords }: Decoding) {
  if (type !== 'beam') return { decoder: type, languageModel: null };
  return { decoder: type, beamWidth, languageModel, lmWeight, wordBonus, hotwords };
}
