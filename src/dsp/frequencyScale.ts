import type { FrequencyScale } from '../shared/protocol/spectrogramPicture.ts';
import { hzToMel, melToHz } from './mel.ts';

/** Hz on a scale: mel as Slaney or HTK have it, bark as Traunmüller (1990) has it with his corrections at both ends. */
export function toScale(hz: number, scale: FrequencyScale): number {
  if (scale === 'linear') return hz;
  if (scale !== 'bark') return hzToMel(hz, scale);
  const bark = (26.81 * hz) / (1960 + hz) - 0.53;
  return bark < 2 ? bark + 0.15 * (2 - bark) : bark > 20.1 ? bark + 0.22 * (bark - 20.1) : bark;
}

export function fromScale(units: number, scale: FrequencyScale): number {
  if (scale === 'linear') return units;
  if (scale !== 'bark') return melToHz(units, scale);
  const bark = units < 2 ? (units - 0.3) / 0.85 : units > 20.1 ? (units + 4.422) / 1.22 : units;
  return (1960 * (bark + 0.53)) / (26.28 - bark);
}

/** `count` frequencies, as far from each other on the scale. */
export function evenlySpacedHz(lowHz: number, highHz: number, count: number, scale: FrequencyScale): Float64Array {
  const [low, high] = [toScale(lowHz, scale), toScale(highHz, scale)];
  return Float64Array.from({ length: count }, (_, i) => fromScale(low + ((high - low) * i) / (count - 1), scale));
}
