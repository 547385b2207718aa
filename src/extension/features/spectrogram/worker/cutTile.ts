import type { Tile } from '../../../../shared/protocol/spectrogram.ts';
import {
  columnUnits,
  type TileAddress,
  type TileGrid,
  tileExtent,
} from '../../../../shared/protocol/spectrogramTiles.ts';
import type { ChannelReader } from './channelReader.ts';
import type { FeatureReader } from './featureReader.ts';
import { poolColumns } from './levels.ts';
import type { Survey } from './survey.ts';
import { poolWaveform, waveformColumns, waveformValues } from './waveform.ts';

/** uint8 [columns, bins]: computed where the level is finer than the survey, cut from the survey elsewhere. */
export async function cutSpectrogramTile(
  survey: Survey,
  features: FeatureReader,
  grid: TileGrid,
  address: TileAddress,
): Promise<Tile> {
  const extent = tileExtent(grid, address);
  if (!extent) return emptyTile();
  const { startUnit, endUnit, columns } = extent;
  const { bins, blockLevel, blockFrames, blockCount } = survey.plan;
  if (address.level < blockLevel) {
    const { data, frames } = await features.readDecibels(startUnit, endUnit - startUnit);
    return tileOf(poolCells(survey, survey.scale.quantize(data), frames, columnUnits(address.level)), true);
  }
  const perColumn = columnUnits(address.level - blockLevel);
  const first = startUnit / blockFrames;
  const count = Math.min(blockCount - first, columns * perColumn);
  const cells = survey.pyramid.blocks.subarray(first * bins, (first + count) * bins);
  return tileOf(poolCells(survey, cells, count, perColumn), survey.hasFrames(startUnit, endUnit));
}

/** float32 [columns, 3]. */
export async function cutWaveformTile(
  survey: Survey,
  reader: ChannelReader,
  grid: TileGrid,
  address: TileAddress,
): Promise<Tile> {
  const extent = tileExtent(grid, address);
  if (!extent) return emptyTile();
  const { startUnit, endUnit, columns } = extent;
  const { waveBlockLevel, waveBlockSamples, waveBlockCount, totalSamples } = survey.plan;
  if (address.level < waveBlockLevel) {
    const samples = await reader.read(startUnit, endUnit - startUnit);
    return tileOf(waveformColumns(samples, columnUnits(address.level)), true);
  }
  const perColumn = columnUnits(address.level - waveBlockLevel);
  const firstBlock = startUnit / waveBlockSamples;
  const data = new Float32Array(columns * waveformValues);
  for (let column = 0; column < columns; column++) {
    const first = firstBlock + column * perColumn;
    const count = Math.min(perColumn, waveBlockCount - first);
    const lastShare = shareOfLast(totalSamples, waveBlockSamples, first + count === waveBlockCount);
    poolWaveform(survey.pyramid.waveBlocks, first, count, data, column * waveformValues, lastShare);
  }
  return tileOf(data, survey.hasSamples(startUnit, endUnit));
}

/** Columns of `perColumn` cells each, the highest of their levels; always a copy. */
function poolCells(survey: Survey, cells: Uint8Array, count: number, perColumn: number): Uint8Array {
  if (perColumn === 1) return cells.slice();
  const { bins } = survey.plan;
  const pooled = new Uint8Array(Math.ceil(count / perColumn) * bins);
  for (let first = 0; first < count; first += perColumn)
    poolColumns(cells, bins, first, Math.min(perColumn, count - first), pooled, (first / perColumn) * bins);
  return pooled;
}

/** How much of the clip's last block there is. */
function shareOfLast(units: number, blockUnits: number, isLast: boolean): number {
  return isLast ? (units % blockUnits || blockUnits) / blockUnits : 1;
}

const tileOf = (data: Uint8Array | Float32Array, complete: boolean): Tile => ({
  data: data.buffer as ArrayBuffer,
  complete,
});
const emptyTile = (): Tile => ({ data: new ArrayBuffer(0), complete: true });
