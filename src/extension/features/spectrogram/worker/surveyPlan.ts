/** How a clip is cut for the survey: blocks are the columns of its coarse picture, parts are what is read at a time. */
export interface SurveyPlan {
  bins: number;
  frames: number;
  totalSamples: number;
  framesPerSample: number;
  /** A block covers 2^level frames, or samples. */
  blockLevel: number;
  blockFrames: number;
  blockCount: number;
  waveBlockLevel: number;
  waveBlockSamples: number;
  waveBlockCount: number;
  parts: number;
  partSamples: number;
}

/** Bounds the memory of a survey for any length of clip: 2.6 MB at 80 bands, never more than 16 MB. */
const maxBlocks = 32_768;
const maxBlockCells = 1 << 24;
/** Cells that are held as decibels at a time: 16 MB. */
export const maxCellsAtOnce = 1 << 22;
const smallestBlockLevel = 4; // 16 frames
const smallestWaveBlockLevel = 9; // 512 samples
const partSec = 20;

/** Parts begin on a block of the waveform; several may share a block of the picture. */
export function planSurvey(totalSamples: number, sampleRateHz: number, frames: number, bins: number): SurveyPlan {
  const blockLevel = levelOf(frames, smallestBlockLevel, Math.min(maxBlocks, Math.floor(maxBlockCells / bins)));
  const waveBlockLevel = levelOf(totalSamples, smallestWaveBlockLevel, maxBlocks);
  const waveBlockSamples = 2 ** waveBlockLevel;
  const samplesPerCell = totalSamples / Math.max(1, frames * bins);
  const wantedSamples = Math.min(partSec * sampleRateHz, maxCellsAtOnce * samplesPerCell);
  const partSamples = Math.max(1, Math.ceil(wantedSamples / waveBlockSamples)) * waveBlockSamples;
  return {
    bins,
    frames,
    totalSamples,
    framesPerSample: frames / Math.max(1, totalSamples),
    blockLevel,
    blockFrames: 2 ** blockLevel,
    blockCount: Math.ceil(frames / 2 ** blockLevel),
    waveBlockLevel,
    waveBlockSamples,
    waveBlockCount: Math.ceil(totalSamples / waveBlockSamples),
    parts: Math.ceil(totalSamples / partSamples),
    partSamples,
  };
}

const levelOf = (units: number, smallest: number, blocks: number): number =>
  Math.max(smallest, Math.ceil(Math.log2(Math.max(1, units / blocks))));

export function samplesOfPart(plan: SurveyPlan, part: number): { start: number; end: number } {
  return { start: part * plan.partSamples, end: Math.min(plan.totalSamples, (part + 1) * plan.partSamples) };
}

export function framesOfPart(plan: SurveyPlan, part: number): { first: number; count: number } {
  const boundary = (index: number) =>
    index >= plan.parts ? plan.frames : Math.round(index * plan.partSamples * plan.framesPerSample);
  const first = Math.min(plan.frames, boundary(part));
  return { first, count: Math.min(plan.frames, boundary(part + 1)) - first };
}

/** The parts that hold these samples, as first and one past the last. */
export function partsOfSamples(plan: SurveyPlan, start: number, end: number): { first: number; end: number } {
  const first = Math.max(0, Math.floor(start / plan.partSamples));
  return { first, end: Math.max(first, Math.min(plan.parts, Math.ceil(end / plan.partSamples))) };
}

/** The parts that hold these frames; a part's frames reach up to half a frame beyond its samples. */
export function partsOfFrames(plan: SurveyPlan, start: number, end: number): { first: number; end: number } {
  const first = Math.max(0, (start - 1) / plan.framesPerSample);
  return partsOfSamples(plan, first, Math.min(plan.totalSamples, (end + 1) / plan.framesPerSample));
}
