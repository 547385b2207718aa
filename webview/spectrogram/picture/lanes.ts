import type { OpenedPicture } from '../../../src/shared/protocol/spectrogramPicture.ts';
import { createSurface, type Surface } from '../../ui/surface.ts';
import { onThemeChange, readTheme, type Theme } from '../../ui/theme.ts';
import { fitAll } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';
import { bandsOf, levelsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { drawAmplitudes, drawFrequencies, drawRuler } from './axes.ts';
import { watchLaneGrid } from './laneLayout.ts';
import { mergeWaveforms } from './mergeWaveforms.ts';
import { createSpectrogramLane, type SpectrogramLane } from './spectrogramLane.ts';
import { createTileStore, type TileStore } from './tileStore.ts';
import { createWaveformView, type WaveformInput, type WaveformTiles, type WaveformView } from './waveformLane.ts';

export interface Lanes {
  /** The first of them, and all. */
  readonly spectrogram: SpectrogramLane;
  readonly spectrograms: readonly SpectrogramLane[];
  /** Nothing yet; a first look everywhere; everything visible from every sample. */
  readonly progress: 'loading' | 'coarse' | 'settled';
  invalidate(): void;
  dispose(): void;
}

/** Everything that is painted, and the tiles it is painted from. */
export function createLanes(
  layout: Layout,
  model: ViewModel,
  arrived: () => void,
  failed: (error: unknown) => void,
): Lanes {
  const { state, pictures } = model;
  let theme: Theme = readTheme();
  const changed = () => {
    invalidate();
    arrived();
  };
  const stores = pictures.map((picture) => createStores(model, picture, changed, failed));
  // The scale follows the loudest sample known at the start, so that quiet recordings can be seen.
  const fullScale = niceFullScale(model.loudness.peak);
  const shownScale = () => fullScale / state.state.waveformGain;
  const waves = createWaveforms(
    layout,
    model,
    stores.map(({ waveformTiles }) => waveformTiles),
    (whole) => ({ theme, fullScale: whole ? fullScale : shownScale() }),
  );
  const surfaces: Surface[] = [
    createSurface(layout.ruler, (surface) => drawRuler(surface, viewportOf(model), theme)),
    ...layout.lanes.flatMap(({ amplitudes, frequencies }) => [
      createSurface(amplitudes, (surface) => drawAmplitudes(surface, shownScale(), theme)),
      createSurface(frequencies, (surface) => drawFrequencies(surface, model.axis, bandsOf(model), theme)),
    ]),
  ];
  const spectrograms = pictures.map((picture, index) =>
    createSpectrogramLane(layout.lanes[index]!.spectrogram, picture, stores[index]!.spectrogramTiles, () => ({
      viewport: viewportOf(model),
      bands: bandsOf(model),
      levels: levelsOf(model),
      colormap: state.state.colormap,
      smooth: state.state.smooth,
    })),
  );
  function invalidate(): void {
    for (const one of [...spectrograms, ...waves, ...surfaces]) one.invalidate();
  }
  const stopTheme = onThemeChange(() => {
    theme = readTheme();
    invalidate();
  });
  const stopWatching = watchLaneGrid(layout.laneGrid, layout.levels, pictures.length);
  const tiles = stores.flatMap(({ spectrogramTiles, waveformTiles }) => [spectrogramTiles, waveformTiles]);
  return {
    spectrogram: spectrograms[0]!,
    spectrograms,
    get progress() {
      if (tiles.every(({ settled }) => settled)) return 'settled';
      return tiles.every(({ covered }) => covered) ? 'coarse' : 'loading';
    },
    invalidate,
    dispose() {
      stopTheme();
      stopWatching();
      for (const one of [...tiles, ...spectrograms, ...waves, ...surfaces]) one.dispose();
    },
  };
}

/** The overview, of all channels together, and the waveform of each lane. */
function createWaveforms(
  layout: Layout,
  model: ViewModel,
  stores: TileStore<Float32Array>[],
  look: (whole: boolean) => Pick<WaveformInput, 'theme' | 'fullScale'>,
): WaveformView[] {
  const { waveform: grid, facts } = model.clip;
  const request = () => {
    for (const [index, store] of stores.entries()) store.want([...overview.wanted(), ...lanes[index]!.wanted()]);
  };
  const make = (canvas: HTMLCanvasElement, tiles: WaveformTiles, whole: boolean) =>
    createWaveformView(canvas, grid, facts.sampleRateHz, tiles, request, () => ({
      viewport: whole ? fitAll({ ...model.limits, reach: undefined }) : viewportOf(model),
      ...look(whole),
    }));
  const overview = make(layout.overviewCanvas, mergeWaveforms(stores), true);
  const lanes = layout.lanes.map(({ waveform }, index) => make(waveform, stores[index]!, false));
  return [overview, ...lanes];
}

/** Bounds what pictures with many rows keep. */
const keptTileBytes = 32 << 20;

function createStores(
  { remote, pictures }: ViewModel,
  picture: OpenedPicture,
  changed: () => void,
  failed: (error: unknown) => void,
) {
  const { channel, grid, features } = picture;
  const shared = { changed, failed, inFlight: 6 };
  const spectrogramTiles = createTileStore({
    ...shared,
    fetch: ({ level, index }, whole) => remote.spectrogramTile(picture.id, level, index, whole),
    decode: (data) => new Uint8Array(data),
    capacity: Math.min(300, Math.floor(keptTileBytes / (pictures.length * grid.tileColumns * features.bins))),
  });
  const waveformTiles = createTileStore({
    ...shared,
    fetch: ({ level, index }, whole) => remote.waveformTile(channel, level, index, whole),
    decode: (data) => new Float32Array(data),
    capacity: 200,
  });
  return { spectrogramTiles, waveformTiles };
}

/** 1 for recordings that use the range; else the next of 0.5, 0.2, 0.1 … that holds the peak, or a power above full scale. */
export function niceFullScale(peak: number): number {
  if (peak <= 0) return 1;
  const steps = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];
  if (peak <= 1) return steps.findLast((step) => step >= peak) ?? 1;
  const power = 10 ** Math.floor(Math.log10(peak));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= peak)!;
}
