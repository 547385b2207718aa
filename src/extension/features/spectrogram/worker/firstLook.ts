import { releaseArray } from '../../../../dsp/releaseArray.ts';
import type { ChannelReader } from './channelReader.ts';
import type { FeatureReader } from './featureReader.ts';
import { createLevelScale, type LevelScale, poolColumns } from './levels.ts';
import { largest, largestMagnitude, type Pyramid } from './surveyPart.ts';
import { maxCellsAtOnce, type SurveyPlan } from './surveyPlan.ts';
import { waveformColumns, waveformValues } from './waveform.ts';

interface Spot {
  block: number;
  decibels: Float32Array;
  cells: Uint8Array;
  wave: Float32Array;
}

export interface LookLimits {
  timeMs: number;
  /** A monotonic clock in milliseconds. */
  now: () => number;
}

const spotCount = 1024;
const fewestSpots = 32;
const framesPerSpot = 16;

/**
 * Looks at spots spread over a long clip and lets each stand for its surroundings, so that there is a picture at once.
 * Returns the scale of levels and the cells that were seen.
 */
export async function lookAround(
  plan: SurveyPlan,
  pyramid: Pyramid,
  reader: ChannelReader,
  features: FeatureReader,
  limits: LookLimits,
): Promise<{ scale: LevelScale; cells: Uint8Array[] }> {
  const spots = await readSpots(plan, reader, features, limits);
  const { topDb, floorDb } = features.extractor;
  const scale = createLevelScale(Math.max(topDb, ...spots.map(({ decibels }) => largest(decibels))), floorDb);
  for (const spot of spots) {
    spot.cells = scale.quantize(spot.decibels);
    releaseArray(spot.decibels);
    pyramid.peak = Math.max(pyramid.peak, largestMagnitude(spot.wave));
  }
  const columns = spots.map(({ cells }) => {
    const column = new Uint8Array(plan.bins);
    poolColumns(cells, plan.bins, 0, cells.length / plan.bins, column, 0);
    return column;
  });
  const places = spots.map(({ block }) => block);
  for (const [block, at] of nearest(places, plan.blockCount, 1)) pyramid.blocks.set(columns[at]!, block * plan.bins);
  const blocksPerWaveBlock = (plan.framesPerSample * plan.waveBlockSamples) / plan.blockFrames;
  for (const [block, at] of nearest(places, plan.waveBlockCount, blocksPerWaveBlock))
    pyramid.waveBlocks.set(spots[at]!.wave, block * waveformValues);
  return { scale, cells: spots.map(({ cells }) => cells) };
}

/** In the order of the clip. */
async function readSpots(
  plan: SurveyPlan,
  reader: ChannelReader,
  features: FeatureReader,
  { timeMs, now }: LookLimits,
): Promise<Spot[]> {
  const deadline = now() + timeMs;
  const spots: Spot[] = [];
  const most = Math.max(fewestSpots, Math.min(spotCount, maxCellsAtOnce / (framesPerSpot * plan.bins)));
  for (const block of spreadOrder(Math.min(Math.floor(most), plan.blockCount), plan.blockCount)) {
    if (spots.length >= fewestSpots && now() > deadline) break;
    const firstFrame = block * plan.blockFrames;
    const frames = Math.min(framesPerSpot, plan.frames - firstFrame);
    const { start, end } = features.sourceOf(firstFrame, frames);
    const samples = await reader.read(start, end - start);
    const { data: decibels } = features.decibels({ samples, firstSample: start }, firstFrame, frames);
    spots.push({ block, decibels, cells: new Uint8Array(0), wave: waveformColumns(samples, samples.length) });
    releaseArray(samples);
  }
  return spots.sort((a, b) => a.block - b.block);
}

/** For each of `count` positions, `step` apart, the index of the nearest of the sorted places. */
function* nearest(places: number[], count: number, step: number): Generator<[number, number]> {
  let at = 0;
  for (let position = 0; position < count; position++) {
    const here = position * step;
    while (at + 1 < places.length && places[at + 1]! - here <= here - places[at]!) at++;
    yield [position, at];
  }
}

/** Every place once, coarse first: wherever it is cut short, what came before is spread evenly. */
export function* spreadOrder(count: number, places: number): Generator<number> {
  const bits = Math.ceil(Math.log2(Math.max(1, count)));
  for (let i = 0; i < 2 ** bits; i++) {
    let reversed = 0;
    for (let bit = 0; bit < bits; bit++) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
    if (reversed < count) yield Math.min(places - 1, Math.floor(((reversed + 0.5) * places) / count));
  }
}
