/**
 * Colours that differ for every kind of colour vision (Okabe and Ito 2008), darker on light and lighter on dark
 * backgrounds than the originals, so that lines keep a contrast of 3 to 1.
 */
const onDark = ['#4ea6e6', '#f0a83c', '#2fbf94', '#f0804a', '#d98fbd', '#e8dc5a'] as const;
const onLight = ['#0072b2', '#a86500', '#007a59', '#c24e00', '#a3578a', '#6b6400'] as const;

/** Colour of the run, or the line, with this number. */
export function seriesColor(index: number, light: boolean): string {
  const colors = light ? onLight : onDark;
  return colors[index % colors.length]!;
}
