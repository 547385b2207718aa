/** Perceptually uniform maps, safe for colour-blind eyes and for grey print: luminance rises all the way. */
export const colormapNames = ['viridis', 'plasma', 'magma', 'inferno', 'cividis', 'grey'] as const;
export type BaseColormap = (typeof colormapNames)[number];
/** `-inverted` runs the other way: loud is dark, as on paper. */
export type ColormapName = BaseColormap | `${BaseColormap}-inverted`;

const inverted = '-inverted';
export const baseOf = (name: ColormapName): BaseColormap => name.replace(inverted, '') as BaseColormap;
export const isInverted = (name: ColormapName): boolean => name.endsWith(inverted);
export const withInversion = (base: BaseColormap, invert: boolean): ColormapName =>
  invert ? `${base}${inverted}` : base;

export function isColormapName(value: unknown): value is ColormapName {
  return typeof value === 'string' && colormapNames.some((name) => value === name || value === name + inverted);
}

/** Evenly spaced colours of matplotlib's maps (van der Walt & Smith 2015; cividis: Nuñez et al. 2018). */
const knots: Record<BaseColormap, string> = {
  viridis: '440154 482475 414487 355f8d 2a788e 21918c 22a884 44bf70 7ad151 bddf26 fde725',
  plasma: '0d0887 41049d 6a00a8 8f0da4 b12a90 cc4778 e16462 f2844b fca636 fcce25 f0f921',
  magma: '000004 140e36 3b0f70 641a80 8c2981 b73779 de4968 f7705c fe9f6d fecf92 fcfdbf',
  inferno: '000004 160b39 420a68 6a176e 932667 bc3754 dd513a f37819 fca50a f6d746 fcffa4',
  cividis: '00224e 083370 35456c 4f576c 666970 7d7c78 948e77 aea371 c8b866 e5cf52 fee838',
  grey: '000000 1a1a1a 333333 4d4d4d 666666 808080 999999 b3b3b3 cccccc e6e6e6 ffffff',
};

/** RGBA [256, 4]. */
export function buildColormap(name: ColormapName): Uint8Array {
  const colors = knots[baseOf(name)]
    .split(' ')
    .map((hex) => [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)));
  if (isInverted(name)) colors.reverse();
  const table = new Uint8Array(256 * 4).fill(255);
  for (let value = 0; value < 256; value++) {
    const at = (value / 255) * (colors.length - 1);
    const index = Math.min(colors.length - 2, Math.floor(at));
    for (let channel = 0; channel < 3; channel++) {
      const color = (offset: number) => colors[Math.min(colors.length - 1, Math.max(0, index + offset))]![channel]!;
      table[value * 4 + channel] = catmullRom(color(-1), color(0), color(1), color(2), at - index);
    }
  }
  return table;
}

/** A smooth curve through the middle two of four values. */
function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  const value = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
  return Math.max(0, Math.min(255, Math.round(value)));
}
