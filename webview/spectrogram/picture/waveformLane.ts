import {
  columnsIn,
  columnUnits,
  levelFor,
  type TileGrid,
  tileRange,
} from '../../../src/shared/protocol/spectrogramTiles.ts';
import { beginPaint, createSurface, type Surface, sharp } from '../../ui/surface.ts';
import type { Theme } from '../../ui/theme.ts';
import type { Viewport } from '../hand/viewport.ts';
import { assemble } from './assemble.ts';
import { wantedTiles } from './spectrogramLane.ts';
import type { TileStore, WantedTile } from './tileStore.ts';

const values = 3;

export interface WaveformInput {
  viewport: Viewport;
  theme: Theme;
  /** Largest amplitude at the lane's edge. */
  fullScale: number;
}

/** Where a waveform's tiles are. */
export type WaveformTiles = Pick<TileStore<Float32Array>, 'get' | 'version'>;

export interface WaveformView {
  invalidate(): void;
  /** What this view shows now. */
  wanted(): WantedTile[];
  dispose(): void;
}

/** A waveform: extremes faint, root mean square solid, single samples as a line when they are far apart. */
export function createWaveformView(
  canvas: HTMLCanvasElement,
  grid: TileGrid,
  sampleRateHz: number,
  tiles: WaveformTiles,
  request: () => void,
  input: () => WaveformInput,
): WaveformView {
  let wanted: WantedTile[] = [];
  let held = { key: '', data: new Float32Array(0) };

  function paint(surface: Surface): void {
    const { viewport, theme, fullScale } = input();
    const context = beginPaint(surface);
    const pixels = surface.canvas.width;
    const startSample = viewport.startSec * sampleRateHz;
    const samplesPerPixel = ((viewport.endSec - viewport.startSec) * sampleRateHz) / pixels;
    const level = levelFor(grid, samplesPerPixel);
    const range = tileRange(grid, level, startSample, startSample + samplesPerPixel * pixels);
    wanted = wantedTiles(grid, level, range);
    request();
    const key = `${level}/${range.first}/${range.end}/${tiles.version}`;
    if (held.key !== key) {
      const data = new Float32Array((range.end - range.first) * grid.tileColumns * values);
      assemble(grid, level, range, values, tiles.get, data);
      held = { key, data };
    }
    drawMiddle(context, surface, theme);
    const painted: Painted = {
      data: held.data,
      firstColumn: startSample / columnUnits(level) - range.first * grid.tileColumns,
      columnsPerPixel: samplesPerPixel / columnUnits(level),
      validColumns: columnsIn(grid, level) - range.first * grid.tileColumns,
      gain: surface.height / 2 / fullScale,
    };
    if (samplesPerPixel < 0.5) drawSamples(context, surface, theme, painted);
    else drawExtremes(context, surface, theme, painted);
  }

  const surface = createSurface(canvas, paint);
  return { invalidate: () => surface.invalidate(), wanted: () => wanted, dispose: () => surface.dispose() };
}

interface Painted {
  data: Float32Array;
  firstColumn: number;
  columnsPerPixel: number;
  validColumns: number;
  /** CSS pixels per unit of amplitude. */
  gain: number;
}

function drawMiddle(context: CanvasRenderingContext2D, surface: Surface, theme: Theme): void {
  context.strokeStyle = theme.grid;
  context.lineWidth = 1 / surface.ratio;
  context.beginPath();
  const middle = sharp(surface.height / 2, surface.ratio);
  context.moveTo(0, middle);
  context.lineTo(surface.width, middle);
  context.stroke();
}

function drawExtremes(context: CanvasRenderingContext2D, surface: Surface, theme: Theme, painted: Painted): void {
  const { data, firstColumn, columnsPerPixel, validColumns, gain } = painted;
  const pixel = 1 / surface.ratio;
  const middle = surface.height / 2;
  const end = Math.min(data.length / values, validColumns);
  context.fillStyle = theme.accent;
  const bars: [number, number, number][] = [];
  context.globalAlpha = theme.highContrast ? 0.75 : 0.5;
  for (let x = 0; x < surface.canvas.width; x++) {
    const from = firstColumn + x * columnsPerPixel;
    const first = Math.max(0, Math.floor(from));
    const last = Math.min(end, Math.max(first + 1, Math.ceil(from + columnsPerPixel - 1e-6)));
    if (first >= end || from + columnsPerPixel < 0) continue;
    let [low, high, energy] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
    for (let column = first; column < last; column++) {
      low = Math.min(low, data[column * values]!);
      high = Math.max(high, data[column * values + 1]!);
      energy += data[column * values + 2]! ** 2;
    }
    const top = middle - high * gain;
    context.fillRect(x * pixel, top, pixel, Math.max(pixel, (high - low) * gain));
    const rms = Math.sqrt(energy / (last - first));
    bars.push([x * pixel, Math.min(rms, high), Math.max(-rms, low)]);
  }
  context.globalAlpha = 1;
  for (const [x, high, low] of bars)
    if (high > low) context.fillRect(x, middle - high * gain, pixel, (high - low) * gain);
}

/** Single samples, joined; with dots where they are far apart. */
function drawSamples(context: CanvasRenderingContext2D, surface: Surface, theme: Theme, painted: Painted): void {
  const { data, firstColumn, columnsPerPixel, validColumns, gain } = painted;
  const columnsPerCssPixel = columnsPerPixel * surface.ratio;
  const middle = surface.height / 2;
  const end = Math.min(data.length / values, validColumns);
  const first = Math.max(0, Math.floor(firstColumn) - 1);
  const last = Math.min(end, Math.ceil(firstColumn + surface.width * columnsPerCssPixel) + 2);
  const dots = columnsPerCssPixel < 0.2;
  context.strokeStyle = theme.accent;
  context.fillStyle = theme.accent;
  context.lineWidth = 1.25;
  context.beginPath();
  for (let column = first; column < last; column++) {
    const x = (column - firstColumn) / columnsPerCssPixel;
    const y = middle - data[column * values]! * gain;
    if (column === first) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.stroke();
  if (!dots) return;
  for (let column = first; column < last; column++) {
    const x = (column - firstColumn) / columnsPerCssPixel;
    context.beginPath();
    context.arc(x, middle - data[column * values]! * gain, 2.5, 0, 2 * Math.PI);
    context.fill();
  }
}
