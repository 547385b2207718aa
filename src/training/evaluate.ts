import { decodeGreedy, type GreedyDecoding } from '../asr/ctcGreedy.ts';
import { addErrors, characterErrors, type ErrorCounts, errorRate, NO_ERRORS, wordErrors } from '../asr/errorRate.ts';
import { decodeTokens } from '../asr/tokenizer.ts';
import { splitWords } from '../asr/transcript.ts';
import type { Batch } from '../nn/batch.ts';
import { ctcLoss } from './ctcLoss.ts';
import type { LoadedBatch } from './data/batchLoader.ts';
import type { Example } from './data/examples.ts';
import type { Evaluation } from './executor.ts';

export interface ScoredUtterance {
  example: Example;
  hypothesis: string;
  words: ErrorCounts;
  /** Units with their frames and confidences; absent where several transcripts were combined. */
  decoding?: GreedyDecoding;
}

export interface Scores {
  wer: number;
  cer: number;
  words: ErrorCounts;
  /** Mean loss (CTC's, where it trains) of the utterances that have one; NaN when none has. */
  loss: number;
  utterances: ScoredUtterance[];
}

/** Transcripts (greedy where no search was made) and error rates of all batches; undefined when `cancelled` turns true meanwhile. */
export async function evaluateBatches(
  batches: AsyncIterable<LoadedBatch>,
  vocabulary: readonly string[],
  evaluate: (batch: Batch) => Promise<Evaluation>,
  cancelled: () => boolean = () => false,
): Promise<Scores | undefined> {
  const utterances: ScoredUtterance[] = [];
  let words = NO_ERRORS;
  let characters = NO_ERRORS;
  let lossSum = 0;
  let lossCount = 0;
  for await (const { batch, examples } of batches) {
    if (cancelled()) return undefined;
    if (!batch) continue;
    const output = await evaluate(batch);
    examples.forEach((example, row) => {
      const size = output.outputFrames * vocabulary.length;
      const own = output.logProbabilities.subarray(row * size, (row + 1) * size);
      const frames = output.lengths[row]!;
      const decoding = output.decoded?.[row] ?? decodeGreedy(own, frames, vocabulary.length);
      // As `wordsOf` has it: two spaces in a row are no word between them.
      const hypothesis = splitWords(decodeTokens(vocabulary, decoding.tokens)).join(' ');
      const scored = { example, hypothesis, words: wordErrors(example.text, hypothesis), decoding };
      utterances.push(scored);
      words = addErrors(words, scored.words);
      characters = addErrors(characters, characterErrors(example.text, hypothesis));
      const loss = example.tokens
        ? (output.losses?.[row] ?? ctcLoss(own, frames, vocabulary.length, example.tokens))
        : Number.POSITIVE_INFINITY;
      if (Number.isFinite(loss)) {
        lossSum += loss;
        lossCount++;
      }
    });
  }
  return { wer: errorRate(words), cer: errorRate(characters), words, loss: lossSum / lossCount, utterances };
}
