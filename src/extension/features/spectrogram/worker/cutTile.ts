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
import { maxCellsAtOnce } from './surveyPlan.ts';
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
  if (address.level < blockLevel) return tileOf(await computeCells(survey, features, extent, address.level), true);
  const perColumn = columnUnits(address.level - blockLevel);
  const first = startUnit / blockFrames;
  const count = Math.min(blockCount - first, columns * perColumn);
  const cells = survey.pyramid.blocks.subarray(first * bins, (first + count) * bins);
  return tileOf(poolCells(bins, cells, count, perColumn), survey.hasFrames(startUnit, endUnit));
}

/** uint8 [columns, bins] from the samples, a bounded number of frames at a time. */
async function computeCells(
  { plan, scale }: Survey,
  features: FeatureReader,
  { startUnit, endUnit, columns }: { startUnit: number; endUnit: number; columns: number },
  level: number,
): Promise<Uint8Array> {
  const perColumn = columnUnits(level);
  const atOnce = Math.max(1, Math.floor(maxCellsAtOnce / (plan.bins * perColumn))) * perColumn;
  const result = new Uint8Array(columns * plan.bins);
  for (let first = startUnit; first < endUnit; first += atOnce) {
    const { data, frames } = await features.readDecibels(first, Math.min(atOnce, endUnit - first));
    const cells = poolCells(plan.bins, scale.quantize(data), frames, perColumn);
    result.set(cells, ((first - startUnit) / perColumn) * plan.bins);
  }
  return result;
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
function poolCells(bins: number, cells: Uint8Array, count: number, perColumn: number): Uint8Array {
  if (perColumn === 1) return cells.slice();
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
