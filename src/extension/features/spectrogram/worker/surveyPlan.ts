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

/** Bounds the memory of a survey: 32 768 blocks are 2.6 MB at 80 bands, for any length of clip. */
export const maxBlocks = 32_768;
const smallestBlockLevel = 4; // 16 frames
const smallestWaveBlockLevel = 9; // 512 samples
const partSec = 20;

/** Parts begin on a block of the waveform; the frames of a part are those of the blocks nearest to its samples. */
export function planSurvey(totalSamples: number, sampleRateHz: number, frames: number, bins: number): SurveyPlan {
  const blockLevel = levelOf(frames, smallestBlockLevel);
  const waveBlockLevel = levelOf(totalSamples, smallestWaveBlockLevel);
  const waveBlockSamples = 2 ** waveBlockLevel;
  const partSamples = Math.max(1, Math.ceil((partSec * sampleRateHz) / waveBlockSamples)) * waveBlockSamples;
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

const levelOf = (units: number, smallest: number): number =>
  Math.max(smallest, Math.ceil(Math.log2(Math.max(1, units / maxBlocks))));

export function samplesOfPart(plan: SurveyPlan, part: number): { start: number; end: number } {
  return { start: part * plan.partSamples, end: Math.min(plan.totalSamples, (part + 1) * plan.partSamples) };
}

export function framesOfPart(plan: SurveyPlan, part: number): { first: number; count: number } {
  const boundary = (index: number) =>
    index >= plan.parts
      ? plan.frames
      : Math.round((index * plan.partSamples * plan.framesPerSample) / plan.blockFrames) * plan.blockFrames;
  const first = Math.min(plan.frames, boundary(part));
  return { first, count: Math.min(plan.frames, boundary(part + 1)) - first };
}

/** The parts that hold these samples, as first and one past the last. */
export function partsOfSamples(plan: SurveyPlan, start: number, end: number): { first: number; end: number } {
  const first = Math.max(0, Math.floor(start / plan.partSamples));
  return { first, end: Math.max(first, Math.min(plan.parts, Math.ceil(end / plan.partSamples))) };
}

/** The parts that hold these frames; a part's frames reach up to half a block beyond its samples. */
export function partsOfFrames(plan: SurveyPlan, start: number, end: number): { first: number; end: number } {
  const first = Math.max(0, (start - plan.blockFrames) / plan.framesPerSample);
  return partsOfSamples(plan, first, Math.min(plan.totalSamples, (end + plan.blockFrames) / plan.framesPerSample));
}
