import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyMelBands, hzToMel, type MelBand, melCentresHz, melFilters, melToHz } from './mel.ts';

interface Banks {
  whisper: Record<string, { firstBin: number[]; weights: number[][] }>;
  scale: { from: 'hz' | 'mel'; htk: boolean; input: number[]; result: number[] }[];
  peaks: (Omit<MelBand, 'melScale'> & { htk: boolean; peakBin: number[] })[];
}

// Made by test/fixtures/makeMelFixtures.py.
const banks: Banks = JSON.parse(readFileSync(new URL('../../test/fixtures/mel/banks.json', import.meta.url), 'utf8'));
const whisperBand: MelBand = {
  sampleRateHz: 16_000,
  fftSize: 400,
  mels: 80,
  melScale: 'slaney',
  lowHz: 0,
  highHz: null,
};

describe('melFilters', () => {
  test.each(Object.entries(banks.whisper))("equals Whisper's %s", (_name, { firstBin, weights }) => {
    const filters = melFilters({ ...whisperBand, mels: firstBin.length });
    expect([...filters.firstBin]).toEqual(firstBin);
    for (const [m, row] of weights.entries()) {
      const own = filters.weights.subarray(filters.offset[m], filters.offset[m + 1]);
      expect(own.length).toBe(row.length);
      // Whisper's weights are float32 below 1/16, where neighbours are 3.7e-9 apart.
      for (const [i, weight] of row.entries()) expect(Math.abs(own[i]! - weight)).toBeLessThan(4e-9);
    }
  });

  test('peaks where the MATLAB reference does, within a bin', () => {
    expect(banks.peaks.length).toBeGreaterThan(40);
    for (const { htk, peakBin, ...band } of banks.peaks) {
      const { firstBin, offset, weights } = melFilters({ ...band, melScale: htk ? 'htk' : 'slaney' });
      for (const [m, bin] of peakBin.entries()) {
        const own = weights.subarray(offset[m], offset[m + 1]);
        if (own.length > 0) expect(Math.abs(firstBin[m]! + own.indexOf(Math.max(...own)) - bin)).toBeLessThanOrEqual(1);
      }
    }
  });

  test('slaney filters have unit area, htk filters unit height', () => {
    const fine: MelBand = { ...whisperBand, fftSize: 16_384, mels: 20 };
    const binHz = 16_000 / 16_384;
    const slaney = melFilters(fine);
    const htk = melFilters({ ...fine, melScale: 'htk' });
    for (let m = 0; m < 20; m++) {
      const area = slaney.weights.subarray(slaney.offset[m], slaney.offset[m + 1]).reduce((a, b) => a + b, 0) * binHz;
      expect(area).toBeCloseTo(1, 3);
      expect(Math.max(...htk.weights.subarray(htk.offset[m], htk.offset[m + 1]))).toBeCloseTo(1, 1);
    }
  });

  test('names the bands that hold no FFT bin', () => {
    expect(emptyMelBands(whisperBand)).toEqual([]);
    for (const fftSize of [64, 128, 512, 2048])
      for (const mels of [20, 64, 80, 128, 300])
        for (const melScale of ['slaney', 'htk'] as const)
          for (const [lowHz, highHz] of [
            [0, null],
            [50, 7600],
            [500, 1000],
          ] as const) {
            const band: MelBand = { ...whisperBand, fftSize, mels, melScale, lowHz, highHz };
            const { offset } = melFilters(band);
            const wanted = Array.from({ length: mels }, (_, m) => m).filter((m) => offset[m] === offset[m + 1]);
            expect(emptyMelBands(band)).toEqual(wanted);
          }
    expect(emptyMelBands({ ...whisperBand, fftSize: 128, mels: 80, melScale: 'htk' })).toContain(0);
  });
});

describe('mel scale', () => {
  test.each(banks.scale.map((row) => ({ ...row, name: `${row.from} ${row.htk ? 'htk' : 'slaney'}` })))(
    'equals the MATLAB reference: from $name',
    ({ from, htk, input, result }) => {
      const convert = from === 'hz' ? hzToMel : melToHz;
      for (const [i, value] of input.entries())
        expect(convert(value, htk ? 'htk' : 'slaney') / result[i]!).toBeCloseTo(1, 9);
    },
  );

  test.each(['slaney', 'htk'] as const)('%s has an inverse', (scale) => {
    for (const hz of [0, 30, 999, 1000, 1001, 8000]) expect(melToHz(hzToMel(hz, scale), scale)).toBeCloseTo(hz, 8);
  });

  test('band centres rise from above the lower edge to below the upper', () => {
    const centres = melCentresHz({ ...whisperBand, lowHz: 100, highHz: 4000 });
    expect(centres.length).toBe(80);
    expect(centres[0]).toBeGreaterThan(100);
    expect(centres[79]).toBeLessThan(4000);
    expect([...centres]).toEqual([...centres].sort((a, b) => a - b));
  });
});
