import { createSurface, type Surface } from '../../ui/surface.ts';
import { onThemeChange, readTheme, type Theme } from '../../ui/theme.ts';
import { fitAll } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';
import { bandsOf, levelsOf, type ViewModel, viewportOf } from '../viewModel.ts';
import { drawAmplitudes, drawFrequencies, drawRuler } from './axes.ts';
import { createSpectrogramLane, type SpectrogramLane } from './spectrogramLane.ts';
import { createTileStore } from './tileStore.ts';
import { createWaveformView, type WaveformView } from './waveformLane.ts';

export interface Lanes {
  readonly spectrogram: SpectrogramLane;
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
  const { clip, state } = model;
  let theme: Theme = readTheme();
  const changed = () => {
    invalidate();
    arrived();
  };
  const { spectrogramTiles, waveformTiles } = createStores(model, changed, failed);
  const views: WaveformView[] = [];
  const requestWaveforms = () => waveformTiles.want(views.flatMap((view) => view.wanted()));
  // The scale follows the loudest sample known at the start, so that quiet recordings can be seen.
  const fullScale = niceFullScale(model.loudness.peak);
  const shownScale = () => fullScale / state.state.waveformGain;
  const waveform = (canvas: HTMLCanvasElement, whole: boolean) =>
    createWaveformView(canvas, clip.waveform, clip.facts.sampleRateHz, waveformTiles, requestWaveforms, () => ({
      viewport: whole ? fitAll({ ...model.limits, reach: undefined }) : viewportOf(model),
      theme,
      fullScale: whole ? fullScale : shownScale(),
    }));
  views.push(waveform(layout.overviewCanvas, true), waveform(layout.waveform, false));
  const surfaces: Surface[] = [
    createSurface(layout.ruler, (surface) => drawRuler(surface, viewportOf(model), theme)),
    createSurface(layout.amplitudes, (surface) => drawAmplitudes(surface, shownScale(), theme)),
    createSurface(layout.frequencies, (surface) => drawFrequencies(surface, model.axis, bandsOf(model), theme)),
  ];
  const spectrogram = createSpectrogramLane(layout.spectrogram, model.picture, spectrogramTiles, () => ({
    viewport: viewportOf(model),
    bands: bandsOf(model),
    levels: levelsOf(model),
    colormap: state.state.colormap,
    smooth: state.state.smooth,
  }));
  function invalidate(): void {
    spectrogram?.invalidate();
    for (const one of [...views, ...surfaces]) one.invalidate();
  }
  const stopTheme = onThemeChange(() => {
    theme = readTheme();
    invalidate();
  });
  return {
    spectrogram,
    get progress() {
      if (spectrogramTiles.settled && waveformTiles.settled) return 'settled';
      return spectrogramTiles.covered && waveformTiles.covered ? 'coarse' : 'loading';
    },
    invalidate,
    dispose() {
      stopTheme();
      spectrogramTiles.dispose();
      waveformTiles.dispose();
      spectrogram.dispose();
      for (const one of [...views, ...surfaces]) one.dispose();
    },
  };
}

/** Bounds what pictures with many rows keep. */
const keptTileBytes = 32 << 20;

function createStores({ remote, picture }: ViewModel, changed: () => void, failed: (error: unknown) => void) {
  const { channel, grid, features } = picture;
  const shared = { changed, failed, inFlight: 6 };
  const spectrogramTiles = createTileStore({
    ...shared,
    fetch: ({ level, index }, whole) => remote.spectrogramTile(picture.id, level, index, whole),
    decode: (data) => new Uint8Array(data),
    capacity: Math.min(300, Math.floor(keptTileBytes / (grid.tileColumns * features.bins))),
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
