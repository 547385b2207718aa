import { describe, expect, it } from 'vitest';
import { evenlySpacedHz } from '../../../src/dsp/frequencyScale.ts';
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

describe('frequency axis of free pictures', () => {
  it('puts bins of a linear picture where they are', () => {
    const axis = createFrequencyAxis({ scale: 'linear', bins: 201, lowHz: 1000, highHz: 5000 });
    for (const bin of [0, 7, 200]) {
      expect(axis.toHz((bin + 0.5) / 201)).toBeCloseTo(1000 + 20 * bin, 6);
      expect(axis.bandAt(axis.toShare(1000 + 20 * bin + 9))).toBe(bin);
    }
  });

  it('puts centres of bark bands evenly', () => {
    const axis = createFrequencyAxis({ scale: 'bark', bins: 24, lowHz: 50, highHz: 8000 });
    const edges = evenlySpacedHz(50, 8000, 26, 'bark');
    for (let band = 0; band < 24; band++) expect(axis.toHz((band + 0.5) / 24)).toBeCloseTo(edges[band + 1]!, 6);
  });
});
