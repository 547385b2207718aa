import { decodeGreedy } from '../../asr/ctcGreedy.ts';
import { secondsPerOutputFrame, type Word, wordsOf } from '../../asr/words.ts';
import { createFeatureExtractor } from '../../dsp/features.ts';
import type { Batch } from '../../nn/batch.ts';
import type { Evaluation } from '../../training/executor.ts';
import { toInput } from '../ort/batchInput.ts';
import { startOrtClient } from '../ortClient.ts';
import type { Decoding } from './chooseDecoding.ts';
import type { OpenedModel } from './openModel.ts';
import { cutAtPauses } from './segments.ts';

export interface Recognized {
  text: string;
  words: Word[];
}

/** A model ready to hear. */
export interface Recognizer {
  /** Features as extracted, not yet normalised by the training set's statistics. */
  evaluate(batch: Batch): Promise<Evaluation>;
  /** Samples at the model's rate; word times count from `offsetSec`. */
  recognize(samples: Float32Array, offsetSec: number): Promise<Recognized>;
  /** Of ONNX Runtime. */
  runtimeVersion(): Promise<string>;
  /** What the process of its graph takes. */
  memoryBytes(): Promise<number>;
  dispose(): Promise<void>;
}

/** Longer audio is cut where it is quiet: memory grows with length, and training has seen no longer utterances. */
export const longestSec = 25;

/** `decoding` must be one the model allows (see `chooseDecoding`). */
export async function createRecognizer(model: OpenedModel, threads: number, decoding?: Decoding): Promise<Recognizer> {
  const { features, vocabulary, timeStride } = model.metadata;
  const rate = features.sampleRateHz;
  const extractor = await createFeatureExtractor(features);
  const client = startOrtClient();
  try {
    const search = decoding && decoding.type !== 'greedy' ? model.forDecoder?.() : undefined;
    if (search) await client.call('openModel', search.encoder, threads, { bytes: search.decoder, decoding: decoding! });
    else await client.call('openModel', model.bytes, threads);
  } catch (error) {
    await client.dispose();
    throw error;
  }
  const evaluate = (batch: Batch) => client.call('infer', toInput(batch));
  return {
    evaluate,
    async recognize(samples, offsetSec) {
      const words: Word[] = [];
      for (const { start, end } of cutAtPauses(samples, rate, longestSec)) {
        const { frames, bins, data } = extractor.extract(samples.subarray(start, end));
        const frameCounts = Int32Array.of(frames);
        const output = await evaluate({ features: data, batch: 1, frames, bins, frameCounts, tokens: [], ids: [] });
        const decoded =
          output.decoded?.[0] ?? decodeGreedy(output.logProbabilities, output.lengths[0]!, vocabulary.length);
        words.push(
          ...wordsOf(decoded, vocabulary, {
            secondsPerFrame: secondsPerOutputFrame(timeStride, features.hopSamples, rate),
            offsetSec: offsetSec + start / rate,
            durationSec: (end - start) / rate,
          }),
        );
      }
      return { text: words.map(({ text }) => text).join(' '), words };
    },
    runtimeVersion: () => client.call('version'),
    memoryBytes: async () => (await client.call('usage')).rssBytes,
    dispose: () => client.dispose(),
  };
}
