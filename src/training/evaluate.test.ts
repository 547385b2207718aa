import { expect, test } from 'vitest';
import type { LoadedBatch } from './data/batchLoader.ts';
import { evaluateBatches } from './evaluate.ts';

const vocabulary = ['<blank>', 'A', 'B', ' '];

/** One utterance whose likeliest tokens are these, frame by frame. */
async function evaluate(tokens: number[], text: string) {
  const logProbabilities = new Float32Array(tokens.length * vocabulary.length).fill(Math.log(0.1));
  tokens.forEach((token, frame) => {
    logProbabilities[frame * vocabulary.length + token] = Math.log(0.7);
  });
  const batch = { features: new Float32Array(0), batch: 1, frames: tokens.length, bins: 0, tokens: [], ids: [] };
  const example = { key: '0:a', audioFilepath: 'a', manifest: 'm', line: 1, range: { file: 'a' }, samples: 1, text };
  async function* batches(): AsyncGenerator<LoadedBatch> {
    const shape = { rows: 1, frames: tokens.length, maxTokens: 0 };
    const loaded = { ...batch, frameCounts: Int32Array.of(tokens.length), shape };
    yield { index: 0, batch: loaded, examples: [example], audioSec: 1, paddingShare: 0, featureMs: 0, queue: 1 };
  }
  const lengths = Int32Array.of(tokens.length);
  return evaluateBatches(batches(), vocabulary, () =>
    Promise.resolve({ logProbabilities, outputFrames: tokens.length, lengths }),
  );
}

test('spaces in a row and at the ends make no characters, as in a transcript that is written out', async () => {
  const scores = await evaluate([3, 0, 1, 3, 0, 3, 2, 3], 'A B');
  expect(scores!.utterances[0]!.hypothesis).toBe('A B');
  expect([scores!.wer, scores!.cer]).toEqual([0, 0]);
});

test('the units come with the transcript, so that its words have times', async () => {
  const scores = await evaluate([1, 1, 0, 3, 2], 'A A');
  const [utterance] = scores!.utterances;
  expect(utterance).toMatchObject({ hypothesis: 'A B', words: { substitutions: 1, reference: 2 } });
  expect(utterance!.decoding).toMatchObject({ tokens: [1, 3, 2], frames: [0, 3, 4], endFrames: [2, 4, 5] });
});
