import { describe, expect, it } from 'vitest';
import { baseOf, buildColormap, colormapNames, isColormapName, isInverted, withInversion } from './colormap.ts';

/** Relative luminance of sRGB bytes (WCAG 2). */
function luminance(table: Uint8Array, value: number): number {
  const linear = [0, 1, 2].map((channel) => {
    const c = table[value * 4 + channel]! / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * linear[0]! + 0.7152 * linear[1]! + 0.0722 * linear[2]!;
}

describe('colormaps', () => {
  it.each(colormapNames)('%s gets brighter all the way', (name) => {
    const table = buildColormap(name);
    for (let value = 4; value < 256; value++)
      expect(luminance(table, value)).toBeGreaterThan(luminance(table, value - 4));
    expect(luminance(table, 255) / (luminance(table, 0) + 0.05)).toBeGreaterThan(7);
  });

  it('run the other way when inverted', () => {
    const name = withInversion('magma', true);
    expect([baseOf(name), isInverted(name), isColormapName(name)]).toEqual(['magma', true, true]);
    expect(withInversion('magma', false)).toBe('magma');
    expect(isColormapName('turbo') || isColormapName('jet-inverted')).toBe(false);
    const [there, back] = [buildColormap('magma'), buildColormap(name)];
    for (let value = 0; value < 256; value++)
      for (let channel = 0; channel < 4; channel++)
        // Rounding may fall to either side.
        expect(Math.abs(back[value * 4 + channel]! - there[(255 - value) * 4 + channel]!)).toBeLessThanOrEqual(1);
  });

  it('has the published ends', () => {
    const table = buildColormap('viridis');
    expect([...table.subarray(0, 4)]).toEqual([0x44, 0x01, 0x54, 255]);
    expect([...table.subarray(255 * 4)]).toEqual([0xfd, 0xe7, 0x25, 255]);
  });
});
