import type { PictureExtractor } from '../../../../dsp/picture/pictureExtractor.ts';
import type { Resampler } from '../../../../dsp/resample.ts';
import type { SurveyProgress } from '../../../../shared/protocol/spectrogram.ts';
import type { Loudness } from '../../../../shared/protocol/spectrogramPicture.ts';
import {
  largestTileBytes,
  type Tile,
  type TileAddress,
  type TileGrid,
  tileExtent,
} from '../../../../shared/protocol/spectrogramTiles.ts';
import type { ChannelReader } from './channelReader.ts';
import { cutSpectrogramTile, cutWaveformTile } from './cutTile.ts';
import { createFeatureReader } from './featureReader.ts';
import { sampleProblems } from './sampleProblems.ts';
import { createSurvey, type Survey } from './survey.ts';
import { planSurvey } from './surveyPlan.ts';
import { waveformValues } from './waveform.ts';

/** Everything a view asks of one picture of a clip: a channel seen with some features. */
export interface ClipTiles {
  /** What its coarse picture takes. */
  readonly bytes: number;
  readonly spectrogramGrid: TileGrid;
  readonly waveformGrid: TileGrid;
  probe(): Promise<Loudness>;
  /** `whole` waits for the survey to have read the tile's stretch. */
  spectrogramTile(address: TileAddress, whole: boolean): Promise<Tile>;
  waveformTile(address: TileAddress, whole: boolean): Promise<Tile>;
  /** Reads the rest of the clip, letting requests through between its parts; ends early when `stopped`. */
  surveyAll(report: (progress: SurveyFigures) => void, stopped: () => boolean): Promise<void>;
}

export type SurveyFigures = Omit<SurveyProgress, 'picture' | 'channel'>;

const mostTileColumns = 256;
const waveformTileColumns = 1024;
const lookMs = 300;
const reportEveryMs = 100;

export function createClipTiles(
  reader: ChannelReader,
  extractor: PictureExtractor,
  resampler: Resampler | undefined,
): ClipTiles {
  const features = createFeatureReader(reader, extractor, resampler);
  const spectrogramGrid = { units: features.frames, tileColumns: tileColumnsFor(extractor.scale.bins) };
  const waveformGrid = waveformGridOf(reader.totalSamples);
  const plan = planSurvey(reader.totalSamples, reader.sampleRateHz, features.frames, extractor.scale.bins);
  const gate = createGate();
  let started: Promise<Survey> | undefined;
  const survey = () => {
    started ??= createSurvey(plan, reader, features, { timeMs: lookMs, now });
    return started;
  };
  return {
    bytes: plan.blockCount * plan.bins + 4 * waveformValues * plan.waveBlockCount,
    spectrogramGrid,
    waveformGrid,
    probe: async () => (await survey()).loudness,
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
      const tell = () => report({ done: found.done, ...figuresOf(found, reader) });
      try {
        await runSurvey(found, stopped, gate.pass, tell);
      } finally {
        gate.open();
      }
    },
  };
}

const now = () => performance.now();

export const waveformGridOf = (samples: number): TileGrid => ({ units: samples, tileColumns: waveformTileColumns });

/** A power of two, so that a message to the view stays small. */
export const tileColumnsFor = (bins: number): number =>
  Math.min(mostTileColumns, 2 ** Math.floor(Math.log2(largestTileBytes / bins)));

function figuresOf({ pyramid, done }: Survey, reader: ChannelReader) {
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
