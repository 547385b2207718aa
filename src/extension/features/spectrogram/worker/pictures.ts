import { pictureProblems } from '../../../../dsp/picture/freePicture.ts';
import {
  createFreePicture,
  createTrainingPicture,
  type PictureExtractor,
} from '../../../../dsp/picture/pictureExtractor.ts';
import { loadResampler } from '../../../../dsp/resample.ts';
import { defaultFeatures } from '../../../../shared/config/defaultFeatures.ts';
import { type Problem, UserError } from '../../../../shared/problem.ts';
import type { SurveyProgress } from '../../../../shared/protocol/spectrogram.ts';
import type { OpenedPicture } from '../../../../shared/protocol/spectrogramPicture.ts';
import { type ChannelChoice, mixedChannels } from '../../../../shared/protocol/spectrogramTiles.ts';
import type { PictureRequest } from '../workerProtocol.ts';
import { type ChannelReader, createChannelReader } from './channelReader.ts';
import { type ClipTiles, createClipTiles, type SurveyFigures } from './clipTiles.ts';
import type { OpenClip } from './openClip.ts';

/** The pictures of one open clip: made when asked for, dropped when others are asked for, made again when needed. */
export interface Pictures {
  open(channel: ChannelChoice, request: PictureRequest): Promise<OpenedPicture>;
  /** Has the first look at hand when the picture is opened. */
  prepare(channel: ChannelChoice, request: PictureRequest): Promise<void>;
  tiles(id: number): Promise<ClipTiles>;
  /** Any picture of the channel has its waveform. */
  tilesOfChannel(channel: ChannelChoice): Promise<ClipTiles>;
  reader(channel: ChannelChoice): ChannelReader;
  /** What a picture was opened with. */
  settings(id: number): { channel: ChannelChoice; request: PictureRequest };
  /** A picture is being read from the clip. */
  readonly surveying: boolean;
  stop(): void;
}

interface Picture {
  readonly id: number;
  readonly channel: ChannelChoice;
  readonly request: PictureRequest;
  tiles: Promise<ClipTiles> | undefined;
  bytes: number;
  /** Told again to a view that opens later. */
  progress: SurveyProgress | undefined;
  stop: (() => void) | undefined;
}

/** Cells of coarse pictures that are kept at a time, in bytes; and pictures. */
const mostBytes = 64 << 20;
const mostPictures = 12;

export function createPictures(open: OpenClip, report: (progress: SurveyProgress) => void): Pictures {
  const pictures = new Map<string, Picture>();
  const extractors = createExtractors(open.clip.info.sampleRateHz);
  /** The one used last comes last. */
  const used = new Set<Picture>();
  const existing = (channel: ChannelChoice) =>
    channel >= 0 && channel < open.clip.info.channels ? channel : mixedChannels;
  const readers = createReaders(open);
  const reader = (channel: ChannelChoice) => readers(existing(channel));
  const take = (picture: Picture): Promise<ClipTiles> => {
    used.delete(picture);
    used.add(picture);
    // What cannot be made shows nothing: a channel's waveform comes from another.
    picture.tiles ??= make(picture).catch((error: unknown) => {
      used.delete(picture);
      picture.tiles = undefined;
      throw error;
    });
    return picture.tiles;
  };
  const make = async (picture: Picture): Promise<ClipTiles> => {
    const extractor = await extractors(picture.request);
    const resampled = extractor.scale.sampleRateHz !== open.clip.info.sampleRateHz;
    const tiles = createClipTiles(reader(picture.channel), extractor, resampled ? await loadResampler() : undefined);
    picture.bytes = tiles.bytes;
    evict(used, picture);
    return tiles;
  };
  const find = (wanted: ChannelChoice, request: PictureRequest): Picture => {
    const channel = existing(wanted);
    const key = JSON.stringify([channel, request]);
    const found = pictures.get(key) ?? {
      ...{ id: pictures.size + 1, channel, request, tiles: undefined, bytes: 0 },
      ...{ progress: undefined, stop: undefined },
    };
    pictures.set(key, found);
    return found;
  };
  /** It may have been dropped while a view still shows it. */
  const takeSurveyed = async (picture: Picture): Promise<ClipTiles> => {
    const tiles = await take(picture);
    if (!picture.stop) survey(picture, tiles, report);
    return tiles;
  };
  return {
    reader,
    settings: (id) => numbered(pictures, id),
    get surveying() {
      return [...used].some(({ stop, progress }) => stop !== undefined && (progress?.done ?? 0) < 1);
    },
    async open(channel, request) {
      const picture = find(channel, request);
      const tiles = await take(picture);
      const [{ scale: features }, loudness] = [await extractors(request), await tiles.probe()];
      survey(picture, tiles, report);
      return { id: picture.id, channel: picture.channel, features, grid: tiles.spectrogramGrid, loudness };
    },
    async prepare(channel, request) {
      await (await take(find(channel, request))).probe();
    },
    async tiles(id) {
      return takeSurveyed(numbered(pictures, id));
    },
    async tilesOfChannel(wanted) {
      const channel = existing(wanted);
      const known = [...used].findLast((one) => one.channel === channel);
      return takeSurveyed(known ?? find(channel, { kind: 'training', features: defaultFeatures }));
    },
    stop() {
      for (const picture of used) drop(picture);
    },
  };
}

/** One for all pictures of a channel: what it has found among the samples is known to all. */
function createReaders({ clip }: OpenClip) {
  const made = new Map<ChannelChoice, ChannelReader>();
  return (channel: ChannelChoice): ChannelReader => {
    const found = made.get(channel) ?? createChannelReader(clip, channel);
    made.set(channel, found);
    return found;
  };
}

function numbered(pictures: ReadonlyMap<string, Picture>, id: number): Picture {
  const picture = [...pictures.values()].find((one) => one.id === id);
  if (!picture) throw new Error(`there is no picture ${id} of this recording`);
  return picture;
}

/** One set of tables for all channels. */
function createExtractors(sampleRateHz: number) {
  const made = new Map<string, Promise<PictureExtractor>>();
  return (request: PictureRequest): Promise<PictureExtractor> => {
    const key = JSON.stringify(request);
    const found = made.get(key) ?? makeExtractor(request, sampleRateHz);
    made.set(key, found);
    if (made.size > mostPictures) made.delete(made.keys().next().value!);
    return found;
  };
}

async function makeExtractor(request: PictureRequest, sampleRateHz: number): Promise<PictureExtractor> {
  if (request.kind === 'training') return createTrainingPicture(request.features);
  const [wrong] = pictureProblems(request, sampleRateHz);
  if (wrong)
    throw new UserError(`No picture can be made with ${wrong.field} ${request[wrong.field]} at ${sampleRateHz} Hz.`);
  return createFreePicture(request, sampleRateHz);
}

/** Reads the rest of the clip in the background, once per picture. */
function survey(picture: Picture, tiles: ClipTiles, report: (progress: SurveyProgress) => void): void {
  const tell = (figures: SurveyFigures) => {
    picture.progress = { picture: picture.id, channel: picture.channel, ...figures };
    report(picture.progress);
  };
  if (picture.stop) {
    if (picture.progress) report(picture.progress);
    return;
  }
  let stopped = false;
  picture.stop = () => {
    stopped = true;
  };
  tiles
    .surveyAll(tell, () => stopped)
    .catch((error: unknown) => {
      if (stopped) return;
      const message = error instanceof Error ? error.message : String(error);
      const problem: Problem = { code: 'audio-read-failed', severity: 'error', message };
      tell({ done: 0, peak: 0, rms: 0, problems: [problem] });
    });
}

function drop(picture: Picture): void {
  picture.stop?.();
  picture.stop = undefined;
  picture.tiles = undefined;
  picture.progress = undefined;
  picture.bytes = 0;
}

/** Drops what was used longest ago. */
function evict(used: Set<Picture>, needed: Picture): void {
  let bytes = [...used].reduce((sum, picture) => sum + picture.bytes, 0);
  for (const picture of used) {
    if (bytes <= mostBytes && used.size <= mostPictures) return;
    if (picture === needed) continue;
    bytes -= picture.bytes;
    drop(picture);
    used.delete(picture);
  }
}
