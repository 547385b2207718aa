import type { FeatureScale, FreePicture } from '../../shared/protocol/spectrogramPicture.ts';
import { evenlySpacedHz } from '../frequencyScale.ts';

export const fftSizes = [64, 128, 256, 512, 1024, 2048, 4096, 8192] as const;
export const mostBands = 512;
export const lowestFloorDb = -100;

export type PictureField = Exclude<keyof FreePicture, 'kind'>;
/** What is wrong with a field; `values` fill the sentence that says so. */
export interface PictureProblem {
  field: PictureField;
  rule: PictureRule;
  values: number[];
}
export type PictureRule =
  | 'fftSize'
  | 'windowTooLong'
  | 'windowTooShort'
  | 'hopTooShort'
  | 'hopTooLong'
  | 'bands'
  | 'emptyBands'
  | 'lowHz'
  | 'highHz'
  | 'narrow'
  | 'floorDb';

/** Lengths in samples. */
export function samplesOf({ windowMs, hopMs }: FreePicture, sampleRateHz: number) {
  const samples = (ms: number) => Math.max(1, Math.round((ms * sampleRateHz) / 1000));
  return { windowSamples: samples(windowMs), hopSamples: samples(hopMs) };
}

const fewestWindowSamples = 8;
const shortestHopMs = 0.5;

/** Everything that keeps a picture from being computed, or from meaning what it says. */
export function pictureProblems(settings: FreePicture, sampleRateHz: number): PictureProblem[] {
  const { fftSize, windowMs, hopMs, bands, scale, lowHz, floorDb } = settings;
  const problems: PictureProblem[] = [];
  const add = (field: PictureField, rule: PictureRule, ...values: number[]) => problems.push({ field, rule, values });
  const nyquistHz = sampleRateHz / 2;
  const highHz = settings.highHz ?? nyquistHz;
  const msOf = (samples: number) => +((samples / sampleRateHz) * 1000).toPrecision(3);
  const { windowSamples } = samplesOf(settings, sampleRateHz);
  if (!fftSizes.includes(fftSize as (typeof fftSizes)[number]))
    add('fftSize', 'fftSize', fftSizes[0], fftSizes.at(-1)!);
  else if (!(windowSamples <= fftSize)) add('windowMs', 'windowTooLong', Math.floor(msOf(fftSize) * 10) / 10);
  if (!(windowMs > 0 && windowSamples >= fewestWindowSamples))
    add('windowMs', 'windowTooShort', msOf(fewestWindowSamples));
  if (!(hopMs >= shortestHopMs)) add('hopMs', 'hopTooShort', shortestHopMs);
  // What lies between two windows would be seen by neither.
  else if (hopMs > windowMs) add('hopMs', 'hopTooLong', windowMs);
  if (!(highHz > 0 && highHz <= nyquistHz)) add('highHz', 'highHz', nyquistHz);
  if (!(lowHz >= 0 && lowHz < highHz)) add('lowHz', 'lowHz', highHz);
  if (!(floorDb >= lowestFloorDb && floorDb <= 0)) add('floorDb', 'floorDb', lowestFloorDb);
  if (scale !== 'linear' && !(bands >= 1 && bands <= mostBands)) add('bands', 'bands', mostBands);
  if (problems.length > 0) return problems;
  if (scale === 'linear') {
    if (binsOf(settings, sampleRateHz).count < 2) add('highHz', 'narrow');
  } else {
    const empty = countEmpty(settings, sampleRateHz);
    if (empty > 0) add('bands', 'emptyBands', empty);
  }
  return problems;
}

/** Power bins of the FFT whose centres lie in the range. */
export function binsOf({ fftSize, lowHz, highHz }: FreePicture, sampleRateHz: number) {
  const binHz = sampleRateHz / fftSize;
  const first = Math.max(0, Math.ceil(lowHz / binHz - 1e-9));
  const last = Math.min(fftSize / 2, Math.floor((highHz ?? sampleRateHz / 2) / binHz + 1e-9));
  return { first, count: Math.max(0, last - first + 1) };
}

/** Where its rows lie. */
export function scaleOf(settings: FreePicture, sampleRateHz: number): Pick<FeatureScale, 'scale' | 'lowHz' | 'highHz'> {
  const highHz = settings.highHz ?? sampleRateHz / 2;
  if (settings.scale !== 'linear')
    return { scale: settings.scale === 'mel' ? 'slaney' : 'bark', lowHz: settings.lowHz, highHz };
  const binHz = sampleRateHz / settings.fftSize;
  const { first, count } = binsOf(settings, sampleRateHz);
  return { scale: 'linear', lowHz: first * binHz, highHz: (first + count - 1) * binHz };
}

/** Bands that contain no bin: they are silent for every sound. */
function countEmpty(settings: FreePicture, sampleRateHz: number): number {
  const { scale, lowHz, highHz } = scaleOf(settings, sampleRateHz);
  const edges = evenlySpacedHz(lowHz, highHz, settings.bands + 2, scale);
  const binHz = sampleRateHz / settings.fftSize;
  let empty = 0;
  for (let band = 0; band < settings.bands; band++) {
    const firstInside = Math.floor(edges[band]! / binHz) + 1;
    if (firstInside * binHz >= edges[band + 2]!) empty++;
  }
  return empty;
}
