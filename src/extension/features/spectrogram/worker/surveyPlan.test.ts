import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { largestTileBytes } from '../../../../shared/protocol/spectrogramTiles.ts';
import { tileColumnsFor } from './clipTiles.ts';
import { framesOfPart, maxCellsAtOnce, partsOfFrames, planSurvey, samplesOfPart } from './surveyPlan.ts';

const clips = fc.record({
  durationSec: fc.double({ min: 0.001, max: 24 * 3600, noNaN: true }),
  sampleRateHz: fc.constantFrom(8000, 16_000, 44_100, 192_000),
  hopMs: fc.double({ min: 0.5, max: 40, noNaN: true }),
  bins: fc.constantFrom(1, 80, 257, 1025, 2049, 4097),
});

describe('the plan of a survey', () => {
  it('takes bounded memory for any length of clip and any picture', () => {
    fc.assert(
      fc.property(clips, ({ durationSec, sampleRateHz, hopMs, bins }) => {
        const samples = Math.ceil(durationSec * sampleRateHz);
        const frames = 1 + Math.floor(samples / Math.max(1, Math.round((hopMs * sampleRateHz) / 1000)));
        const plan = planSurvey(samples, sampleRateHz, frames, bins);
        expect(plan.blockCount * bins).toBeLessThanOrEqual(1 << 24);
        expect(plan.blockCount * plan.blockFrames).toBeGreaterThanOrEqual(frames);
        const middle = framesOfPart(plan, Math.floor(plan.parts / 2));
        // Rounded up to a block of the waveform.
        const waveBlockCells = plan.waveBlockSamples * plan.framesPerSample * bins;
        expect(middle.count * bins).toBeLessThanOrEqual(maxCellsAtOnce + waveBlockCells + 2 * bins);
      }),
    );
  });

  it('gives every frame and sample to one part', () => {
    const plan = planSurvey(16_000 * 7200, 16_000, 720_001, 1025);
    let [frame, sample] = [0, 0];
    for (let part = 0; part < plan.parts; part++) {
      const { first, count } = framesOfPart(plan, part);
      const { start, end } = samplesOfPart(plan, part);
      expect([first, start]).toEqual([frame, sample]);
      const holding = partsOfFrames(plan, first, first + count);
      expect(holding.first <= part && part < holding.end).toBe(true);
      [frame, sample] = [first + count, end];
    }
    expect([frame, sample]).toEqual([plan.frames, plan.totalSamples]);
  });

  it('cuts tiles that are small messages', () => {
    for (const bins of [1, 80, 129, 1025, 2049, 4097])
      expect(tileColumnsFor(bins) * bins).toBeLessThanOrEqual(largestTileBytes);
    expect([80, 513, 1025, 4097].map(tileColumnsFor)).toEqual([256, 256, 128, 32]);
  });
});
