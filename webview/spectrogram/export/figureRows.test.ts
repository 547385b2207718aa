import { expect, it } from 'vitest';
import type { AudioFigures } from '../../../src/shared/audioFigures.ts';
import { figureRows, figuresTsv } from './figureRows.ts';
import { outStringsFor } from './strings.ts';

const text = outStringsFor('en');
const channel = {
  ...{ rms: 0.1, peak: 1, clippedSamples: 1600, dcOffset: -0.0125, notFiniteSamples: 0, noiseFloor: 0.001 },
  ...{ snrDb: -1.25, bandwidthHz: 3500, zeroCrossingsPerSec: 880.4, silenceShare: 0.25 },
};
const silent = {
  ...{ rms: 0, peak: 0, clippedSamples: 0, dcOffset: 0, notFiniteSamples: 3, noiseFloor: undefined },
  ...{ snrDb: undefined, bandwidthHz: undefined, zeroCrossingsPerSec: 0, silenceShare: 1 },
};
const figures: AudioFigures = { startFrame: 8000, frames: 16_000, durationSec: 1, channels: [channel, silent] };

it('shows figures with their units, and a dash for what cannot be said', () => {
  expect(figureRows(figures, text).map(({ name, shown }) => [name, ...shown])).toEqual([
    ['RMS level', '−20.0 dBFS', '−∞ dBFS'],
    ['Peak', '+0.0 dBFS', '−∞ dBFS'],
    ['Clipped samples', '1,600 (10.00 %)', '0'],
    ['DC offset', '−1.250 %', '0 %'],
    ['Noise floor', '−60.0 dBFS', '–'],
    ['SNR (estimate)', '−1.3 dB', '–'],
    ['Bandwidth (−60 dB)', '3.50 kHz', '–'],
    ['Zero crossings per second', '880.4', '0.0'],
    ['Silence', '25.0 %', '100.0 %'],
    ['Not finite', '0', '3'],
  ]);
});

it('copies numbers for spreadsheets, one column per channel', () => {
  const lines = figuresTsv(figures, 16_000, text).split('\n');
  expect(lines[0]).toBe('\t\tChannel 1\tChannel 2');
  expect(lines).toContain('From\ts\t0.5\t0.5');
  expect(lines).toContain('RMS level\tdBFS\t-20\t-200');
  expect(lines).toContain('SNR (estimate)\tdB\t-1.25\t');
  expect(lines.every((line) => line.split('\t').length === 4)).toBe(true);
});
