import type { Theme } from './theme.ts';

/** After Okabe and Ito's palette: told apart by every kind of colour vision; darkened for light backgrounds. */
const dark = ['#56b4e9', '#e69f00', '#2bb894', '#cc79a7', '#f0e442', '#e8743b', '#b8b8b8'];
const light = ['#0072b2', '#a86f00', '#007a58', '#a0507c', '#6f6a00', '#b34700', '#666666'];

/** A colour for each of several lines of one chart; they repeat after seven. */
export function seriesColor(index: number, theme: Pick<Theme, 'light'>): string {
  const colors = theme.light ? light : dark;
  return colors[index % colors.length]!;
}
