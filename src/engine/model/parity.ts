import { decodeGreedy } from '../../asr/ctcGreedy.ts';
import { decodeTokens } from '../../asr/tokenizer.ts';
import { createFeatureExtractor, type FeatureMatrix } from '../../dsp/features.ts';
import { applyStatistics } from '../../dsp/normalization.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';
import { createRandom } from '../../shared/random.ts';
import type { Evaluation, TrainingBatch } from '../../training/executor.ts';
import { toInput } from '../ort/batchInput.ts';
import type { OrtClient } from '../ortClient.ts';
import { statisticsOf } from './modelMetadata.ts';
import type { OpenedModel } from './openModel.ts';

/** The exported graph against the graph that trained, on one batch. */
export interface ParityRow {
  batch: number;
  /** Of the longest utterance; the others are shorter. */
  seconds: number;
  /**
   * Largest difference of a log-probability where its probability is above a millionth; relative to it beyond −1, since
   * a sharp model's logits are large and single precision is relative.
   */
  largestDifference: number;
  sameText: boolean;
}

const lengthsSec = [0.5, 2.3, 7.1];
const batches = [1, 2, 8];
/** Single precision over some hundred layers of sums; the same bound as the design's. */
export const parityTolerance = 1e-4;

/** Runs both graphs on the same features, made from seeded noise with the level changes of speech. */
export async function compareExport(
  model: OpenedModel,
  exported: Uint8Array,
  threads: number,
  client: OrtClient,
): Promise<ParityRow[]> {
  const { weights, metadata } = model;
  if (!weights) throw new Error('only a checkpoint can be compared with its export');
  const { features, vocabulary } = metadata;
  const extractor = await createFeatureExtractor(features);
  await client.call('openModel', exported, threads);
  const rows: ParityRow[] = [];
  for (const seconds of lengthsSec)
    for (const size of batches) {
      const clips = Array.from({ length: size }, (_, row) =>
        extractor.extract(makeNoise(features, (seconds * (size - row / 2)) / size, row)),
      );
      const plain = toBatch(clips);
      const statistics = statisticsOf(metadata);
      if (statistics) for (const clip of clips) applyStatistics(clip, statistics);
      const own = await client.call('infer', toInput(plain));
      const reference = await client.call('reference', { ...weights, threads }, toBatch(clips));
      rows.push({ batch: size, seconds, ...difference(own, reference, vocabulary) });
    }
  return rows;
}

function makeNoise({ sampleRateHz }: FeatureSpec, seconds: number, row: number): Float32Array {
  const random = createRandom('parity', row);
  const samples = new Float32Array(Math.round(seconds * sampleRateHz));
  let level = 0;
  let smooth = 0;
  for (let i = 0; i < samples.length; i++) {
    if (i % Math.round(sampleRateHz / 12) === 0) level = 0.3 * random.next() ** 3;
    smooth += 0.3 * (random.normal() - smooth);
    samples[i] = level * smooth;
  }
  return samples;
}

function toBatch(clips: readonly FeatureMatrix[]): TrainingBatch {
  const frames = Math.max(...clips.map((clip) => clip.frames));
  const bins = clips[0]!.bins;
  const features = new Float32Array(clips.length * frames * bins);
  for (const [row, clip] of clips.entries()) features.set(clip.data, row * frames * bins);
  return {
    features,
    batch: clips.length,
    frames,
    bins,
    frameCounts: Int32Array.from(clips, (clip) => clip.frames),
    tokens: clips.map(() => new Int32Array(0)),
    ids: clips.map((_, row) => `noise ${row}`),
    shape: { rows: clips.length, frames, maxTokens: 1 },
  };
}

function difference(a: Evaluation, b: Evaluation, vocabulary: readonly string[]) {
  const leastLog = Math.log(1e-6);
  const size = vocabulary.length;
  let largestDifference = 0;
  let sameText = true;
  for (const [row, length] of a.lengths.entries()) {
    if (length !== b.lengths[row]) return { largestDifference: Number.POSITIVE_INFINITY, sameText: false };
    const ownA = a.logProbabilities.subarray(row * a.outputFrames * size, (row * a.outputFrames + length) * size);
    const ownB = b.logProbabilities.subarray(row * b.outputFrames * size, (row * b.outputFrames + length) * size);
    for (let i = 0; i < ownA.length; i++)
      if (ownB[i]! > leastLog)
        largestDifference = Math.max(largestDifference, Math.abs(ownA[i]! - ownB[i]!) / Math.max(1, -ownB[i]!));
    const text = (own: Float32Array) => decodeTokens(vocabulary, decodeGreedy(own, length, size).tokens);
    sameText &&= text(ownA) === text(ownB);
  }
  return { largestDifference, sameText };
}
