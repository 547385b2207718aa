import { loadResampler } from '../../dsp/resample.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { type ClipRange, clipProblem, readClip } from '../../training/data/clipReader.ts';
import type { ParsedArguments } from '../arguments.ts';
import { chooseDecoding, readNBest } from '../model/chooseDecoding.ts';
import { openModel } from '../model/openModel.ts';
import { createRecognizer, type Recognized } from '../model/recognizer.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

interface Transcription extends Recognized {
  audioFilepath: string;
  startSec: number;
  endSec: number;
}

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const [modelPath, ...files] = args.operands;
  const startSec = args.number('start', { min: 0 }) ?? 0;
  const endSec = args.number('end', { min: 0 });
  if (endSec !== undefined && endSec <= startSec) throw new UserError('--end must come after --start');
  const model = await openModel(modelPath!, terminal.report);
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const { sampleRateHz } = model.metadata.features;
  const resampler = await loadResampler();
  const options = { nBest: readNBest(args), report: terminal.report };
  const recognizer = await createRecognizer(model, threads, chooseDecoding(model, args), options);
  const results: Transcription[] = [];
  const unread: Problem[] = [];
  try {
    for (const file of files) {
      const range: ClipRange = {
        file,
        offsetSec: startSec,
        ...(endSec === undefined ? {} : { durationSec: endSec - startSec }),
      };
      const samples = await readClip(range, sampleRateHz, resampler).catch((error: unknown) => {
        unread.push({ ...clipProblem(error, file), file });
      });
      if (!samples) continue;
      const recognized = await recognizer.recognize(samples, startSec);
      const result = { audioFilepath: file, startSec, endSec: startSec + samples.length / sampleRateHz, ...recognized };
      results.push(result);
      for (const line of renderTranscription(result, files.length > 1)) terminal.print(line);
    }
  } finally {
    await recognizer.dispose();
  }
  if (results.length === 0) throw new UserError(unread[0]!.message, unread);
  // One recording that cannot be read loses none of the others.
  for (const problem of unread) terminal.report(problem);
  terminal.result(results);
  return unread.length > 0 ? 1 : 0;
}

function renderTranscription(
  { audioFilepath, text, words, alternatives = [] }: Transcription,
  several: boolean,
): string[] {
  const lines = words.map(
    ({ startSec, endSec, confidence, text: word }) =>
      `  ${startSec.toFixed(2).padStart(8)} ${endSec.toFixed(2).padStart(8)}  ${(100 * confidence).toFixed(0).padStart(3)} %  ${word}`,
  );
  const ranked = alternatives.map(
    ({ score, acousticScore, languageScore, text: other }, i) =>
      `  ${String(i + 1).padStart(3)}. ${score.toFixed(2)} (CTC ${acousticScore.toFixed(2)}, language model ${languageScore.toFixed(2)})  ${other}`,
  );
  return [several ? `${audioFilepath}: ${text}` : text, ...lines, ...ranked];
}
