import { buildColormap, type ColormapName } from '../../../src/shared/colormap.ts';
import type { OpenedPicture } from '../../../src/shared/protocol/spectrogramPicture.ts';
import {
  columnsIn,
  columnUnits,
  levelFor,
  type TileGrid,
  tileRange,
  tilesIn,
  topLevel,
} from '../../../src/shared/protocol/spectrogramTiles.ts';
import { createSurface, type Surface } from '../../ui/surface.ts';
import type { Bands } from '../hand/bands.ts';
import type { Viewport } from '../hand/viewport.ts';
import { assemble } from './assemble.ts';
import { createPainter, type SpectrogramPainter } from './spectrogramPainter.ts';
import type { TileStore, WantedTile } from './tileStore.ts';

export interface SpectrogramLaneInput {
  viewport: Viewport;
  bands: Bands;
  levels: { lowDb: number; highDb: number };
  colormap: ColormapName;
  smooth: boolean;
}

export interface SpectrogramLane {
  invalidate(): void;
  /** The frame whose cell is at a time. */
  frameAt(sec: number): number;
  /** Level in dB at a time and band, from the finest tile at hand, and of how many frames it is the highest. */
  levelAt(sec: number, band: number): { db: number; frames: number } | undefined;
  readonly renderer: string;
  dispose(): void;
}

/** The picture itself: asks for the tiles it shows, and shows the best it has meanwhile. */
export function createSpectrogramLane(
  host: HTMLElement,
  { grid, features, loudness }: OpenedPicture,
  tiles: TileStore<Uint8Array>,
  input: () => SpectrogramLaneInput,
): SpectrogramLane {
  let painter: SpectrogramPainter | undefined;
  let surface: Surface;
  let held = { key: '', data: new Uint8Array(0) };
  let colormap: ColormapName | undefined;
  let disposed = false;
  const { hopSamples, sampleRateHz, bins } = features;
  /** A frame is centred on its time, so its cell begins half a hop earlier. */
  const frameAt = (sec: number) => (sec * sampleRateHz) / hopSamples + 0.5;

  const renew = (): HTMLCanvasElement => {
    surface?.dispose();
    const canvas = document.createElement('canvas');
    canvas.setAttribute('aria-hidden', 'true');
    host.replaceChildren(canvas);
    surface = createSurface(canvas, paint);
    [held, colormap] = [{ key: '', data: new Uint8Array(0) }, undefined];
    return canvas;
  };
  const start = () => {
    if (!disposed) painter = createPainter(renew(), renew, () => setTimeout(start, 500));
  };

  function paint({ canvas }: Surface): void {
    if (!painter) return;
    const { viewport, bands, levels, smooth, colormap: wantedColors } = input();
    const startFrame = frameAt(viewport.startSec);
    const framesPerPixel = (frameAt(viewport.endSec) - startFrame) / canvas.width;
    const endFrame = startFrame + framesPerPixel * canvas.width;
    const level = levelFor(grid, framesPerPixel, endFrame - startFrame, painter.maxColumns - 2 * grid.tileColumns);
    const range = tileRange(grid, level, startFrame, endFrame);
    tiles.want(wantedTiles(grid, level, range));
    const key = `${level}/${range.first}/${range.end}/${tiles.version}`;
    if (held.key !== key) {
      const columns = Math.max(1, (range.end - range.first) * grid.tileColumns);
      const data = held.data.length === columns * bins ? held.data.fill(0) : new Uint8Array(columns * bins);
      assemble(grid, level, range, bins, tiles.get, data);
      held = { key, data };
      painter.setCells(data, columns, bins);
    }
    if (colormap !== wantedColors) painter.setColors(buildColormap(wantedColors));
    colormap = wantedColors;
    const firstColumn = range.first * grid.tileColumns;
    painter.paint({
      firstColumn: startFrame / columnUnits(level) - firstColumn,
      columnsPerPixel: framesPerPixel / columnUnits(level),
      validColumns: columnsIn(grid, level) - firstColumn,
      ...{ firstBand: bands.low * bins, bandsPerPixel: ((bands.high - bands.low) * bins) / canvas.height },
      lowLevel: (levels.lowDb - loudness.minDb) / loudness.stepDb,
      highLevel: (levels.highDb - loudness.minDb) / loudness.stepDb,
      smooth,
    });
  }

  start();
  const wholeFrameAt = (sec: number) => Math.max(0, Math.min(grid.units - 1, Math.floor(frameAt(sec))));
  return {
    invalidate: () => surface.invalidate(),
    frameAt: wholeFrameAt,
    levelAt(sec, band) {
      const found = finestCell(tiles, grid, bins, wholeFrameAt(sec), band);
      return found && { db: loudness.minDb + found.value * loudness.stepDb, frames: found.frames };
    },
    get renderer() {
      return painter?.kind ?? 'none';
    },
    dispose() {
      disposed = true;
      surface.dispose();
    },
  };
}

/** A cell's value, and how many frames it stands for. */
function finestCell(tiles: TileStore<Uint8Array>, grid: TileGrid, bins: number, frame: number, band: number) {
  for (let level = 0; level <= topLevel(grid); level++) {
    const column = Math.floor(frame / columnUnits(level));
    const tile = tiles.get(level, Math.floor(column / grid.tileColumns));
    const value = tile?.[(column % grid.tileColumns) * bins + band];
    if (value !== undefined) return { value, frames: Math.min(columnUnits(level), grid.units) };
  }
  return undefined;
}

/** The whole clip in one tile first, as what everything else stands in for; then what is seen, from its middle; then its neighbours. */
export function wantedTiles(
  grid: TileGrid,
  level: number,
  { first, end }: { first: number; end: number },
): WantedTile[] {
  if (grid.units === 0) return [];
  const top = topLevel(grid);
  const middle = (first + end - 1) / 2;
  const seen = Array.from({ length: end - first }, (_, i) => ({ level, index: first + i }));
  seen.sort((a, b) => Math.abs(a.index - middle) - Math.abs(b.index - middle));
  const beside = [first - 1, end]
    .filter((index) => index >= 0 && index < tilesIn(grid, level))
    .map((index) => ({ level, index, ahead: true }));
  const all = [{ level: top, index: 0 }, ...seen, ...beside];
  return level === top ? seen : all;
}
