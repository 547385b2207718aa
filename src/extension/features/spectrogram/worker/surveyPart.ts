import type { ChannelReader } from './channelReader.ts';
import type { FeatureReader } from './featureReader.ts';
import { type LevelScale, poolColumns } from './levels.ts';
import { framesOfPart, type SurveyPlan, samplesOfPart } from './surveyPlan.ts';
import { waveformColumns, waveformValues } from './waveform.ts';

export interface SurveyPart {
  part: number;
  firstFrame: number;
  frames: number;
  decibels: Float32Array; // [frames, bins]
  startSample: number;
  samples: Float32Array;
}

/** What a survey has found so far: the columns of the coarse picture, and figures of the samples read. */
export interface Pyramid {
  blocks: Uint8Array; // [blockCount, bins]
  /** 1 for blocks of which frames have been read; others stand in for what has not. */
  begun: Uint8Array; // [blockCount]
  waveBlocks: Float32Array; // [waveBlockCount, 3]
  peak: number;
  energy: number;
  samplesRead: number;
}

export function createPyramid(plan: SurveyPlan): Pyramid {
  return {
    blocks: new Uint8Array(plan.blockCount * plan.bins),
    begun: new Uint8Array(plan.blockCount),
    waveBlocks: new Float32Array(plan.waveBlockCount * waveformValues),
    peak: 0,
    energy: 0,
    samplesRead: 0,
  };
}

/** One read serves both lanes. */
export async function readPart(
  plan: SurveyPlan,
  part: number,
  reader: ChannelReader,
  features: FeatureReader,
): Promise<SurveyPart> {
  const { start, end } = samplesOfPart(plan, part);
  const { first: firstFrame, count: frames } = framesOfPart(plan, part);
  const needed = frames > 0 ? features.sourceOf(firstFrame, frames) : { start, end };
  const firstSample = Math.min(start, needed.start);
  const samples = await reader.read(firstSample, Math.max(end, needed.end) - firstSample);
  const decibels =
    frames > 0 ? features.decibels({ samples, firstSample }, firstFrame, frames).data : new Float32Array(0);
  const own = samples.subarray(start - firstSample, end - firstSample);
  return { part, firstFrame, frames, decibels, startSample: start, samples: own };
}

/** Writes a part into the pyramid; returns its cells. */
export function addPart(plan: SurveyPlan, pyramid: Pyramid, scale: LevelScale, part: SurveyPart): Uint8Array {
  const { waveBlockSamples } = plan;
  const cells = scale.quantize(part.decibels);
  addCells(plan, pyramid, cells, part);
  const columns = waveformColumns(part.samples, waveBlockSamples);
  pyramid.waveBlocks.set(columns, (part.startSample / waveBlockSamples) * waveformValues);
  for (let i = 0; i < part.samples.length; i++) pyramid.energy += part.samples[i]! ** 2;
  pyramid.samplesRead += part.samples.length;
  pyramid.peak = Math.max(pyramid.peak, largestMagnitude(columns));
  return cells;
}

/** Frames of one block may come in several parts. */
function addCells(plan: SurveyPlan, { blocks, begun }: Pyramid, cells: Uint8Array, part: SurveyPart): void {
  const { bins, blockFrames } = plan;
  const column = new Uint8Array(bins);
  for (let first = 0; first < part.frames; ) {
    const block = Math.floor((part.firstFrame + first) / blockFrames);
    const count = Math.min(part.frames - first, (block + 1) * blockFrames - part.firstFrame - first);
    poolColumns(cells, bins, first, count, column, 0);
    const at = block * bins;
    if (begun[block]) for (let bin = 0; bin < bins; bin++) blocks[at + bin] = Math.max(blocks[at + bin]!, column[bin]!);
    else blocks.set(column, at);
    begun[block] = 1;
    first += count;
  }
}

export function largest(values: Float32Array): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) if (values[i]! > most) most = values[i]!;
  return most;
}

export function largestMagnitude(values: Float32Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}
