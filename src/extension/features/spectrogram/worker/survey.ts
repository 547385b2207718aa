import { releaseArray } from '../../../../dsp/releaseArray.ts';
import type { Loudness } from '../../../../shared/protocol/spectrogramPicture.ts';
import type { ChannelReader } from './channelReader.ts';
import type { FeatureReader } from './featureReader.ts';
import { type LookLimits, lookAround } from './firstLook.ts';
import { chooseRange, createLevelScale, type LevelScale } from './levels.ts';
import { addPart, createPyramid, largest, type Pyramid, readPart } from './surveyPart.ts';
import { maxCellsAtOnce, partsOfFrames, partsOfSamples, type SurveyPlan } from './surveyPlan.ts';

/**
 * The coarse picture of a whole clip, made once from every sample: a pyramid base of bounded size, however long the
 * clip. A quick look at spots spread over the clip stands in until each part has been read.
 */
export interface Survey {
  readonly plan: SurveyPlan;
  readonly pyramid: Pyramid;
  readonly scale: LevelScale;
  readonly loudness: Loudness;
  /** Share of the clip read, 0 to 1. */
  readonly done: number;
  /** Whether every sample of these frames, or samples, has been read. */
  hasFrames(start: number, end: number): boolean;
  hasSamples(start: number, end: number): boolean;
  /** Brings the parts that hold these frames to the front. */
  wantFrames(start: number, end: number): void;
  wantSamples(start: number, end: number): void;
  /** Reads one more part; false when nothing is left. */
  advance(): Promise<boolean>;
}

/** Clips up to this length are read whole at once instead of being looked at here and there, unless their pictures are huge. */
const lookAboveSec = 60;

/** Looks at the clip and finds the scale of its levels; `advance` reads the rest. */
export async function createSurvey(
  plan: SurveyPlan,
  reader: ChannelReader,
  features: FeatureReader,
  limits: LookLimits,
): Promise<Survey> {
  const pyramid = createPyramid(plan);
  const long = reader.totalSamples > lookAboveSec * reader.sampleRateHz || plan.frames * plan.bins > maxCellsAtOnce;
  const { scale, cells } = long
    ? await lookAround(plan, pyramid, reader, features, limits)
    : await readAll(plan, pyramid, reader, features);
  const { minDb, stepDb } = scale;
  const loudness: Loudness = { minDb, stepDb, ...chooseRange(scale, cells), peak: pyramid.peak };
  const order = createPartOrder(plan.parts, long ? 0 : plan.parts);
  const has = ({ first, end }: { first: number; end: number }) => order.finished(first, end);
  return {
    plan,
    pyramid,
    scale,
    loudness,
    get done() {
      return order.done;
    },
    hasFrames: (start, end) => has(partsOfFrames(plan, start, end)),
    hasSamples: (start, end) => has(partsOfSamples(plan, start, end)),
    wantFrames: (start, end) => order.want(partsOfFrames(plan, start, end)),
    wantSamples: (start, end) => order.want(partsOfSamples(plan, start, end)),
    async advance() {
      const part = order.next();
      if (part === undefined) return false;
      const read = await readPart(plan, part, reader, features);
      const cells = addPart(plan, pyramid, scale, read);
      for (const done of [read.samples, read.decibels, cells]) releaseArray(done);
      order.finish(part);
      return true;
    },
  };
}

async function readAll(plan: SurveyPlan, pyramid: Pyramid, reader: ChannelReader, features: FeatureReader) {
  const parts = [];
  for (let part = 0; part < plan.parts; part++) parts.push(await readPart(plan, part, reader, features));
  const { topDb, floorDb } = features.extractor;
  const loudest = parts.reduce((most, { decibels }) => Math.max(most, largest(decibels)), topDb);
  const scale = createLevelScale(loudest, floorDb);
  return { scale, cells: parts.map((part) => addPart(plan, pyramid, scale, part)) };
}

/** Which part is read next: what was asked for last, then from the start on. */
function createPartOrder(parts: number, alreadyDone: number) {
  const finished = new Uint8Array(parts).fill(1, 0, alreadyDone);
  const wanted: number[] = [];
  let nextInOrder = 0;
  let count = alreadyDone;
  const firstUnfinished = (): number | undefined => {
    while (nextInOrder < parts && finished[nextInOrder]) nextInOrder++;
    return nextInOrder < parts ? nextInOrder : undefined;
  };
  return {
    get done() {
      return parts === 0 ? 1 : count / parts;
    },
    finished: (first: number, end: number) => finished.subarray(first, end).every((one) => one === 1),
    want({ first, end }: { first: number; end: number }) {
      const parts = Array.from({ length: end - first }, (_, i) => first + i).filter((part) => !finished[part]);
      wanted.unshift(...parts);
    },
    next(): number | undefined {
      let part = wanted.shift();
      while (part !== undefined && finished[part]) part = wanted.shift();
      return part ?? firstUnfinished();
    },
    finish(part: number) {
      if (!finished[part]) count++;
      finished[part] = 1;
    },
  };
}
