import { describe, expect, it } from 'vitest';
import { melCentresHz } from '../../../src/dsp/mel.ts';
import { featuresSchema } from '../../../src/shared/config/featuresSchema.ts';
import { createFrequencyAxis } from './frequencyAxis.ts';

describe.each(['slaney', 'htk'] as const)('frequency axis on the %s scale', (melScale) => {
  const spec = { ...featuresSchema.parse({}), melScale };
  const axis = createFrequencyAxis({
    bins: 80,
    scale: melScale,
    lowHz: 0,
    highHz: 8000,
  });

  it('puts the centre of every band in the middle of its row', () => {
    for (const [band, hz] of melCentresHz(spec).entries()) {
      const share = (band + 0.5) / 80;
      expect(axis.toHz(share)).toBeCloseTo(hz, 6);
      expect(axis.toShare(hz)).toBeCloseTo(share, 9);
      expect(axis.bandAt(share)).toBe(band);
    }
  });
});
