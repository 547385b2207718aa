import type { AudioClip } from '../../../../dsp/audioClip.ts';
import type { FeatureExtractor } from '../../../../dsp/features.ts';
import type { Resampler } from '../../../../dsp/resample.ts';
import type { ChannelChoice, Loudness, SurveyProgress, Tile } from '../../../../shared/protocol/spectrogram.ts';
import { type TileAddress, type TileGrid, tileExtent } from '../../../../shared/protocol/spectrogramTiles.ts';
import { createChannelReader } from './channelReader.ts';
import { cutSpectrogramTile, cutWaveformTile } from './cutTile.ts';
import { createFeatureReader } from './featureReader.ts';
import { sampleProblems } from './sampleProblems.ts';
import { createSurvey, type Survey } from './survey.ts';

/** Everything a view asks of one channel of a clip. */
export interface ClipTiles {
  readonly spectrogramGrid: TileGrid;
  readonly waveformGrid: TileGrid;
  probe(): Promise<Loudness>;
  /** `whole` waits for the survey to have read the tile's stretch. */
  spectrogramTile(address: TileAddress, whole: boolean): Promise<Tile>;
  waveformTile(address: TileAddress, whole: boolean): Promise<Tile>;
  samples(startSample: number, sampleCount: number): Promise<Float32Array>;
  /** Reads the rest of the clip, letting requests through between its parts; ends early when `stopped`. */
  surveyAll(report: (progress: SurveyProgress) => void, stopped: () => boolean): Promise<void>;
}

const spectrogramTileColumns = 256;
const waveformTileColumns = 1024;
const lookMs = 300;
const reportEveryMs = 100;

export function createClipTiles(
  clip: AudioClip,
  channel: ChannelChoice,
  extractor: FeatureExtractor,
  resampler: Resampler | undefined,
): ClipTiles {
  const reader = createChannelReader(clip, channel);
  const features = createFeatureReader(reader, extractor, resampler);
  const spectrogramGrid = { units: features.frames, tileColumns: spectrogramTileColumns };
  const waveformGrid = { units: reader.totalSamples, tileColumns: waveformTileColumns };
  const gate = createGate();
  let started: Promise<Survey> | undefined;
  const survey = () => {
    started ??= createSurvey(reader, features, extractor.spec.mels, { timeMs: lookMs, now });
    return started;
  };
  return {
    spectrogramGrid,
    waveformGrid,
    probe: async () => (await survey()).loudness,
    samples: (startSample, sampleCount) => reader.read(startSample, sampleCount),
    async spectrogramTile(address, whole) {
      const found = await survey();
      const extent = tileExtent(spectrogramGrid, address);
      if (whole && extent && address.level >= found.plan.blockLevel) {
        found.wantFrames(extent.startUnit, extent.endUnit);
        await gate.until(() => found.hasFrames(extent.startUnit, extent.endUnit));
      }
      return cutSpectrogramTile(found, features, spectrogramGrid, address);
    },
    async waveformTile(address, whole) {
      const found = await survey();
      const extent = tileExtent(waveformGrid, address);
      if (whole && extent && address.level >= found.plan.waveBlockLevel) {
        found.wantSamples(extent.startUnit, extent.endUnit);
        await gate.until(() => found.hasSamples(extent.startUnit, extent.endUnit));
      }
      return cutWaveformTile(found, reader, waveformGrid, address);
    },
    async surveyAll(report, stopped) {
      const found = await survey();
      const tell = () => report({ channel, done: found.done, ...figuresOf(found, reader) });
      try {
        await runSurvey(found, stopped, gate.pass, tell);
      } finally {
        gate.open();
      }
    },
  };
}

const now = () => performance.now();

function figuresOf({ pyramid, done }: Survey, reader: ReturnType<typeof createChannelReader>) {
  const { peak, energy, samplesRead } = pyramid;
  const rms = samplesRead === 0 ? 0 : Math.sqrt(energy / samplesRead);
  return { peak, rms, problems: sampleProblems({ ...reader, peak, done }) };
}

async function runSurvey(survey: Survey, stopped: () => boolean, pass: () => void, tell: () => void): Promise<void> {
  let toldAt = now();
  while (!stopped() && (await survey.advance())) {
    pass();
    if (now() - toldAt > reportEveryMs && survey.done < 1) {
      tell();
      toldAt = now();
    }
    // Requests that came in the meantime go first.
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (!stopped()) tell();
}

/** Lets those wait who need parts of the survey. Once open, nobody waits: what is missing will not come. */
function createGate() {
  let waiting: (() => void)[] = [];
  let opened = false;
  const pass = () => {
    const woken = waiting;
    waiting = [];
    for (const resume of woken) resume();
  };
  return {
    pass,
    open() {
      opened = true;
      pass();
    },
    async until(ready: () => boolean) {
      while (!ready() && !opened) await new Promise<void>((resolve) => waiting.push(resolve));
    },
  };
}
