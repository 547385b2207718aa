import { join } from 'node:path';
import {
  applyConfidenceMap,
  expectedCalibrationError,
  fitConfidence,
  type JudgedWord,
  reliabilityBins,
} from '../../asr/confidence.ts';
import { UserError } from '../../shared/problem.ts';
import { writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import type { ParsedArguments } from '../arguments.ts';
import { type Calibration, calibrationFile } from '../model/calibration.ts';
import { chooseDecoding, type Decoding } from '../model/chooseDecoding.ts';
import { judgeWords } from '../model/judgeWords.ts';
import { manifestOutputs } from '../model/manifestOutputs.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { readWords } from '../model/readWords.ts';
import { createRecognizer } from '../model/recognizer.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

/** With fewer words a fit tells more of chance than of the model. */
const fewestWords = 50;
const folds = 5;

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const model = await openModel(args.operands[0]!, terminal.report);
  const decoding = chooseDecoding(model, args);
  const manifest = args.text('manifest')!;
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const utterances = await judgeManifest(model, decoding, manifest, threads, terminal);
  const words = utterances.flat();
  if (words.length < fewestWords)
    throw new UserError(
      `${manifest}: the model recognised ${words.length} words; a calibration needs at least ${fewestWords}`,
    );
  const right = words.filter((word) => word.right).length;
  const calibration: Calibration = {
    version: 1,
    ...fitConfidence(words)!,
    decoder: decoding.type,
    words: words.length,
    right,
    errorBefore: errorOf(words),
    errorAfter: errorOf(calibrateAcross(utterances)),
    manifest,
  };
  const written = await keep(model, calibration);
  if (written === undefined && !terminal.json) terminal.print(JSON.stringify(calibration));
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  terminal.note(
    `${words.length} words, ${percent(right / words.length)} right; calibration error ${percent(calibration.errorBefore)}, ` +
      `calibrated ${percent(calibration.errorAfter)} (five-fold)`,
  );
  if (written !== undefined) terminal.print(written);
  terminal.result({ ...calibration, file: written ?? null, reliability: reliabilityBins(words) });
  return 0;
}

/** Words of each utterance, judged. */
async function judgeManifest(
  model: OpenedModel,
  decoding: Decoding,
  manifest: string,
  threads: number,
  terminal: Terminal,
): Promise<JudgedWord[][]> {
  const recognizer = await createRecognizer(model, threads, decoding);
  const { metadata, source } = model;
  const scorer = { metadata, source, evaluate: recognizer.evaluate };
  const judged: { line: number; words: JudgedWord[] }[] = [];
  try {
    await manifestOutputs(scorer, manifest, 'recognising', terminal, ({ example, output, row }) => {
      const durationSec = example.samples / metadata.features.sampleRateHz;
      const words = readWords(metadata, output, row, { offsetSec: 0, durationSec });
      judged.push({ line: example.line, words: judgeWords(example.text, words) });
    });
  } finally {
    await recognizer.dispose();
  }
  // In the order of the manifest, so that the folds do not depend on batches.
  return judged.sort((a, b) => a.line - b.line).map(({ words }) => words);
}

const errorOf = (words: readonly JudgedWord[]) => expectedCalibrationError(reliabilityBins(words));

/** Each fifth of the utterances calibrated by a fit to the others. */
function calibrateAcross(utterances: readonly JudgedWord[][]): JudgedWord[] {
  return Array.from({ length: folds }, (_, fold) => {
    const inFold = (_words: JudgedWord[], index: number) => index % folds === fold;
    const map = fitConfidence(utterances.filter((words, index) => !inFold(words, index)).flat());
    return utterances
      .filter(inFold)
      .flat()
      .map((word) => ({ ...word, confidence: map ? applyConfidenceMap(map, word.confidence) : word.confidence }));
  }).flat();
}

/** Beside the weights of a checkpoint; an exported model is one file, and its calibration is printed. */
async function keep(model: OpenedModel, calibration: Calibration): Promise<string | undefined> {
  if (!model.weights) return undefined;
  const file = join(model.source, calibrationFile);
  await replaceFile(file, `${JSON.stringify(calibration, undefined, 2)}\n`).catch((error: unknown) => {
    throw writeError(error, file, 'the calibration');
  });
  return file;
}
