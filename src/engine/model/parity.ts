import { decodeGreedy } from '../../asr/ctcGreedy.ts';
import { decodeTokens } from '../../asr/tokenizer.ts';
import { createFeatureExtractor, type FeatureMatrix } from '../../dsp/features.ts';
import { applyStatistics } from '../../dsp/normalization.ts';
import type { Evaluation, TrainingBatch } from '../../training/executor.ts';
import { toInput } from '../ort/batchInput.ts';
import type { FrontendFeatures, InferenceBatch } from '../ort/protocol.ts';
import type { OrtClient } from '../ortClient.ts';
import { buildFrontend } from './buildExport.ts';
import { statisticsOf } from './modelMetadata.ts';
import type { OpenedModel } from './openModel.ts';
import type { ParityClips } from './parityClips.ts';

/** The exported graph against the graph that trained, on one batch. */
export interface ParityRow {
  source: ParityClips['source'];
  batch: number;
  /** Of the longest utterance; the others are shorter. */
  seconds: number;
  /** Largest difference of a feature made in the graph, in standard deviations of the batch's; null where none is made. */
  features: number | null;
  /**
   * Largest difference of a log-probability where its probability is above a millionth; relative to it beyond −1, since
   * a sharp model's logits are large and single precision is relative.
   */
  largestDifference: number;
  sameText: boolean;
}

/** One part of the way from waveform to text, over all batches. */
export interface ParityStage {
  stage: 'features' | 'logits' | 'text';
  /** Of a text: 1 where one differs. */
  largestDifference: number;
  tolerance: number;
  equal: boolean;
}

/** Single precision over some hundred layers of sums; the same bound as the design's. */
const logitTolerance = 1e-4;
/** Sums over a window in single precision; quiet bins beside loud ones lose digits. */
const featureTolerance = 1e-3;

/** Runs both graphs on the same clips, the exported one from the waveform where it takes that. */
export async function compareExport(
  model: OpenedModel,
  exported: { bytes: Uint8Array; frontend: boolean },
  sets: readonly ParityClips[],
  { threads, client }: { threads: number; client: OrtClient },
): Promise<ParityRow[]> {
  const { weights, metadata } = model;
  if (!weights) throw new Error('only a checkpoint can be compared with its export');
  const { features: spec, vocabulary } = metadata;
  const extractor = await createFeatureExtractor(spec);
  const statistics = statisticsOf(metadata);
  const frontend = exported.frontend ? buildFrontend(spec) : undefined;
  await client.call('openModel', exported.bytes, threads);
  const rows: ParityRow[] = [];
  for (const { source, clips } of sets) {
    const matrices = clips.map((clip) => extractor.extract(clip));
    const plain = toBatch(matrices);
    const waveform = toWaveform(clips);
    const features = frontend ? featureDifference(await client.call('frontend', frontend, waveform), matrices) : null;
    const own = await client.call('infer', frontend ? waveform : toInput(plain));
    if (statistics) for (const matrix of matrices) applyStatistics(matrix, statistics);
    const reference = await client.call('reference', { ...weights, threads }, toBatch(matrices));
    const seconds = Math.max(...clips.map((clip) => clip.length)) / spec.sampleRateHz;
    rows.push({ source, batch: clips.length, seconds, features, ...difference(own, reference, vocabulary) });
  }
  return rows;
}

/** The rows by stage, with what is tolerated. */
export function parityStages(rows: readonly ParityRow[]): ParityStage[] {
  const withFrontend = rows.some(({ features }) => features !== null);
  const stage = (name: ParityStage['stage'], differences: readonly number[], tolerance: number): ParityStage => {
    const largestDifference = Math.max(...differences);
    // A NaN is no agreement.
    return { stage: name, largestDifference, tolerance, equal: largestDifference <= tolerance };
  };
  return [
    ...(withFrontend
      ? [
          stage(
            'features',
            rows.map(({ features }) => features ?? 0),
            featureTolerance,
          ),
        ]
      : []),
    stage(
      'logits',
      rows.map((row) => row.largestDifference),
      logitTolerance,
    ),
    stage(
      'text',
      rows.map(({ sameText }) => (sameText ? 0 : 1)),
      0,
    ),
  ];
}

function featureDifference(own: FrontendFeatures, expected: readonly FeatureMatrix[]): number {
  let largest = 0;
  let count = 0;
  let sum = 0;
  let squares = 0;
  for (const [row, { frames, bins, data }] of expected.entries()) {
    if (own.frameCounts[row] !== frames || own.bins !== bins) return Number.POSITIVE_INFINITY;
    for (let frame = 0; frame < frames; frame++)
      for (let bin = 0; bin < bins; bin++) {
        const value = data[frame * bins + bin]!;
        const distance = Math.abs(own.features[(row * bins + bin) * own.time + frame]! - value);
        if (!(distance <= largest)) largest = distance;
        count++;
        sum += value;
        squares += value * value;
      }
  }
  const std = Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2));
  return largest / Math.max(std, 1e-3);
}

function toWaveform(clips: readonly Float32Array[]): InferenceBatch {
  const time = Math.max(...clips.map((clip) => clip.length));
  const input = new Float32Array(clips.length * time);
  for (const [row, clip] of clips.entries()) input.set(clip, row * time);
  return { input, batch: clips.length, mels: 1, time, lengths: Int32Array.from(clips, (clip) => clip.length) };
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
    ids: clips.map((_, row) => `clip ${row}`),
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
      if (ownB[i]! > leastLog) {
        const distance = Math.abs(ownA[i]! - ownB[i]!) / Math.max(1, -ownB[i]!);
        if (!(distance <= largestDifference)) largestDifference = distance;
      }
    const text = (own: Float32Array) => decodeTokens(vocabulary, decodeGreedy(own, length, size).tokens);
    sameText &&= text(ownA) === text(ownB);
  }
  return { largestDifference, sameText };
}
