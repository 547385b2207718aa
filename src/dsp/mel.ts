export type MelScale = 'slaney' | 'htk';

/** Triangular filters, kept as runs of non-zero weights: filter m covers bins [firstBin[m], firstBin[m] + offset[m+1] − offset[m]). */
export interface MelFilters {
  mels: number;
  firstBin: Int32Array; // [mels]
  offset: Int32Array; // [mels + 1], into weights
  weights: Float64Array;
}

export interface MelBand {
  sampleRateHz: number;
  fftSize: number;
  mels: number;
  melScale: MelScale;
  /** fbank and mfcc have Kaldi's filters, whatever the scale; without a type it is logMel, and nemo has its. */
  type?: 'logMel' | 'fbank' | 'mfcc' | 'nemo' | 'waveform';
  lowHz: number;
  highHz: number | null;
}

/**
 * Mel filter bank over the 1 + fftSize/2 power bins.
 * slaney: Slaney's scale, each filter of unit area; htk: 2595·log10(1 + f/700), each filter of unit height.
 * Matches librosa.filters.mel (norm='slaney' and htk=True, norm=None) and torchaudio.functional.melscale_fbanks.
 * Kaldi's have HTK's edges and unit height, but their slopes are straight over mel instead of Hz, and none covers the
 * last bin; as torchaudio.compliance.kaldi.get_mel_banks.
 */
export function melFilters(band: MelBand): MelFilters {
  const kaldi = isKaldi(band);
  return triangularFilters(melEdgesHz(band), {
    ...band,
    place: kaldi ? (hz) => hzToMel(hz, 'htk') : (hz) => hz,
    unitArea: scaleOf(band) === 'slaney',
    lastBin: lastBin(band),
  });
}

export interface FilterShape {
  sampleRateHz: number;
  fftSize: number;
  /** On which axis the slopes are straight; Hz as it is, for most. */
  place(hz: number): number;
  /** Of unit area over Hz, else of unit height. */
  unitArea: boolean;
  lastBin: number;
}

/** Filter m rises from edge m to edge m + 1 and falls to edge m + 2, over power bins. */
export function triangularFilters(edgesHz: Float64Array, shape: FilterShape): MelFilters {
  const { sampleRateHz, fftSize, place, unitArea, lastBin } = shape;
  const mels = edgesHz.length - 2;
  const binHz = sampleRateHz / fftSize;
  const firstBin = new Int32Array(mels);
  const offset = new Int32Array(mels + 1);
  const weights: number[] = [];
  for (let m = 0; m < mels; m++) {
    const [low, centre, high] = [edgesHz[m]!, edgesHz[m + 1]!, edgesHz[m + 2]!];
    const height = unitArea ? 2 / (high - low) : 1;
    const [from, peak, to] = [place(low), place(centre), place(high)];
    let first = -1;
    const last = Math.min(lastBin, Math.ceil(high / binHz));
    for (let bin = Math.floor(low / binHz); bin <= last; bin++) {
      const at = place((bin * sampleRateHz) / fftSize);
      const weight = Math.min((at - from) / (peak - from), (to - at) / (to - peak));
      if (weight <= 0) continue;
      if (first < 0) first = bin;
      weights.push(weight * height);
    }
    firstBin[m] = Math.max(first, 0);
    offset[m + 1] = weights.length;
  }
  return { mels, firstBin, offset, weights: Float64Array.from(weights) };
}

/** Centre frequency of every mel band in Hz, for axes and cursors. */
export function melCentresHz(band: MelBand): Float64Array {
  return melEdgesHz(band).slice(1, -1);
}

/** Bands that contain no FFT bin: they are silent for every sound. */
export function emptyMelBands(band: MelBand): number[] {
  const edges = melEdgesHz(band); // [mels + 2]
  const binHz = band.sampleRateHz / band.fftSize;
  const empty: number[] = [];
  for (let m = 0; m < band.mels; m++) {
    const firstInside = Math.floor(edges[m]! / binHz) + 1;
    if (firstInside * binHz >= edges[m + 2]! || firstInside > lastBin(band)) empty.push(m);
  }
  return empty;
}

const isKaldi = ({ type }: MelBand) => type === 'fbank' || type === 'mfcc';
const scaleOf = (band: MelBand): MelScale => (isKaldi(band) ? 'htk' : band.melScale);
const lastBin = (band: MelBand) => band.fftSize / 2 - (isKaldi(band) ? 1 : 0);

function melEdgesHz(band: MelBand): Float64Array {
  const { sampleRateHz, mels, lowHz, highHz } = band;
  const melScale = scaleOf(band);
  const low = hzToMel(lowHz, melScale);
  const high = hzToMel(highHz ?? sampleRateHz / 2, melScale);
  return Float64Array.from({ length: mels + 2 }, (_, i) => melToHz(low + ((high - low) * i) / (mels + 1), melScale));
}

const slaneyLinearHz = 200 / 3;
const slaneyBreakHz = 1000;
const slaneyBreakMel = slaneyBreakHz / slaneyLinearHz;
const slaneyLogStep = Math.log(6.4) / 27;

export function hzToMel(hz: number, scale: MelScale): number {
  if (scale === 'htk') return 2595 * Math.log10(1 + hz / 700);
  if (hz < slaneyBreakHz) return hz / slaneyLinearHz;
  return slaneyBreakMel + Math.log(hz / slaneyBreakHz) / slaneyLogStep;
}

export function melToHz(mel: number, scale: MelScale): number {
  if (scale === 'htk') return 700 * (10 ** (mel / 2595) - 1);
  if (mel < slaneyBreakMel) return mel * slaneyLinearHz;
  return slaneyBreakHz * Math.exp(slaneyLogStep * (mel - slaneyBreakMel));
}
