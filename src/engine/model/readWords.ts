import { decodeGreedy } from '../../asr/ctcGreedy.ts';
import { secondsPerOutputFrame, type Word, wordsOf } from '../../asr/words.ts';
import type { Evaluation } from '../../training/executor.ts';
import type { ModelMetadata } from './modelMetadata.ts';

/** Words of one row of a model's output, with times in the recording; greedy where no search was made. */
export function readWords(
  { vocabulary, features, timeStride }: ModelMetadata,
  output: Evaluation,
  row: number,
  place: { offsetSec: number; durationSec: number },
): Word[] {
  const size = output.outputFrames * vocabulary.length;
  const own = output.logProbabilities.subarray(row * size, (row + 1) * size);
  const decoded = output.decoded?.[row] ?? decodeGreedy(own, output.lengths[row]!, vocabulary.length);
  const secondsPerFrame = secondsPerOutputFrame(timeStride, features.hopSamples, features.sampleRateHz);
  return wordsOf(decoded, vocabulary, { secondsPerFrame, ...place });
}
