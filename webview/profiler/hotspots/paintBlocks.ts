import type { GraphPhase } from '../../../src/shared/run/profileSummary.ts';
import { beginPaint, type Surface, sharp } from '../../ui/surface.ts';
import { readTheme, type Theme } from '../../ui/theme.ts';
import { type Block, type BlockChart, blocksWithin, matches } from './blocks.ts';
import { formatMs, tickStepMs } from './profileText.ts';
import type { Range } from './range.ts';

export const axisHeight = 18;
export const rowHeight = 21;

export interface BlockPicture {
  chart: BlockChart;
  range: Range;
  selected: Block | undefined;
  hovered: Block | undefined;
  search: string;
  focused: boolean;
}

export const heightOf = (chart: BlockChart): number => axisHeight + Math.max(1, chart.rows.length) * rowHeight;

/** Room for the names of rows, where there are any. */
export const gutterOf = (chart: BlockChart, widthPx: number): number =>
  chart.rowNames.length > 0 ? Math.min(96, Math.round(widthPx / 4)) : 0;

interface Paint {
  context: CanvasRenderingContext2D;
  theme: Theme;
  colors: Record<GraphPhase, string>;
  ratio: number;
  left: number;
  width: number;
  xOf(ms: number): number;
}

export function paintBlocks(surface: Surface, picture: BlockPicture): void {
  const context = beginPaint(surface);
  const theme = readTheme();
  const { chart, range } = picture;
  const left = gutterOf(chart, surface.width);
  const width = surface.width - left;
  const scale = width / (range.end - range.start);
  const paint: Paint = {
    context,
    theme,
    colors: readPhaseColors(surface.canvas),
    ratio: surface.ratio,
    left,
    width,
    xOf: (ms) => left + (ms - range.start) * scale,
  };
  context.font = `11px ${theme.fontFamily}`;
  context.textBaseline = 'middle';
  paintAxis(paint, range, surface.height);
  chart.rowNames.forEach((name, row) => {
    context.fillStyle = theme.muted;
    context.fillText(cutText(context, name, left - 8), 0, axisHeight + (row + 0.5) * rowHeight);
  });
  context.save();
  context.beginPath();
  context.rect(left, 0, width, surface.height);
  context.clip();
  for (const row of chart.rows) paintRow(paint, row, picture);
  context.restore();
}

/** Set on the section's element by its style sheet, so that the legend has the very same. */
function readPhaseColors(canvas: HTMLCanvasElement): Record<GraphPhase, string> {
  const style = getComputedStyle(canvas);
  const color = (phase: GraphPhase) => style.getPropertyValue(`--phase-${phase}`).trim() || '#888888';
  return {
    forward: color('forward'),
    loss: color('loss'),
    backward: color('backward'),
    update: color('update'),
    other: color('other'),
  };
}

function paintAxis({ context, theme, ratio, left, width, xOf }: Paint, range: Range, height: number): void {
  const step = tickStepMs(range.end - range.start, width);
  context.fillStyle = theme.muted;
  context.strokeStyle = theme.grid;
  context.globalAlpha = theme.highContrast ? 0.4 : 1;
  context.lineWidth = 1 / ratio;
  context.beginPath();
  const first = Math.ceil(range.start / step - 1e-9);
  const ticks = Array.from({ length: Math.floor(range.end / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
  for (const ms of ticks) {
    const x = sharp(xOf(ms), ratio);
    context.moveTo(x, axisHeight - 4);
    context.lineTo(x, height);
  }
  context.stroke();
  context.globalAlpha = 1;
  for (const ms of ticks) {
    const label = formatMs(ms);
    const x = xOf(ms) + 3;
    if (x + context.measureText(label).width <= left + width) context.fillText(label, x, axisHeight / 2 - 1);
  }
}

function paintRow(paint: Paint, row: readonly Block[], picture: BlockPicture): void {
  const { ratio, xOf } = paint;
  let painted = -Infinity;
  for (const block of blocksWithin(row, picture.range)) {
    const end = xOf(block.end);
    const special = block === picture.selected || block === picture.hovered;
    // What does not reach the next pixel is under the block before it.
    if (end <= painted && !special) continue;
    const start = Math.max(xOf(block.start), painted);
    painted = Math.max(end, start + 1 / ratio);
    paintBlock(paint, block, special ? xOf(block.start) : start, Math.max(end, start + 1 / ratio), picture);
  }
}

function paintBlock(paint: Paint, block: Block, from: number, to: number, picture: BlockPicture): void {
  const { context, theme, colors, left, width, ratio } = paint;
  const start = Math.max(from, left);
  const end = Math.min(to, left + width);
  const y = axisHeight + block.row * rowHeight;
  const gap = end - start > 3 ? 1 : 0;
  const found = matches(block, picture.search);
  const hovered = block === picture.hovered;
  context.fillStyle = theme.background;
  context.fillRect(start, y, end - start - gap, rowHeight - 1);
  context.fillStyle = colors[block.phase];
  context.globalAlpha = !found ? 0.08 : hovered ? 0.7 : gap ? 0.42 : 0.6;
  context.fillRect(start, y, end - start - gap, rowHeight - 1);
  context.globalAlpha = 1;
  if (theme.highContrast && gap) {
    context.strokeStyle = colors[block.phase];
    context.lineWidth = 1 / ratio;
    context.strokeRect(start + 0.5, y + 0.5, end - start - gap - 1, rowHeight - 2);
  }
  if (block === picture.selected) {
    context.strokeStyle = theme.foreground;
    context.lineWidth = picture.focused ? 2 : 1;
    context.strokeRect(start + 1, y + 1, Math.max(1, end - start - gap - 2), rowHeight - 3);
  }
  if (end - start < 22) return;
  context.fillStyle = found ? theme.foreground : theme.muted;
  const label = cutText(context, block.name, end - start - gap - 8);
  context.fillText(label, start + 4, y + rowHeight / 2);
}

/** The text, or as much of it as fits. */
function cutText(context: CanvasRenderingContext2D, text: string, width: number): string {
  if (context.measureText(text).width <= width) return text;
  let [low, high] = [0, text.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(`${text.slice(0, middle)}…`).width <= width) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : `${text.slice(0, low)}…`;
}
