import { stat } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import { connect } from '../../../../shared/protocol/channel.ts';
import { maxSamplesPerPull } from '../../../../shared/protocol/samples.ts';
import type { OpenedClip } from '../../../../shared/protocol/spectrogram.ts';
import type { ChannelChoice } from '../../../../shared/protocol/spectrogramTiles.ts';
import { type ClipOwner, type ClipPlace, type ClipWorker, clipWorkerChecks } from '../workerProtocol.ts';
import { compareClips } from './compareClips.ts';
import { createOutCalls } from './export/outCalls.ts';
import { describeClip, describeFailure, type OpenClip, openClip } from './openClip.ts';
import { createPictures, type Pictures } from './pictures.ts';
import { createSpeech, type Speech } from './speech.ts';

const port = parentPort;
if (!port) throw new Error('clipWorker runs in a worker thread');

interface Current {
  open: OpenClip;
  pictures: Pictures;
  speech: Map<ChannelChoice, Speech>;
}

let current: Current | undefined;
/** A view asks for its picture before it knows whether the file can be opened. */
let opening: Promise<unknown> = Promise.resolve();

let lastPlace: ClipPlace = { bytes: new ArrayBuffer(0) };

const { remote } = connect<ClipWorker, ClipOwner>(
  {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
  },
  {
    ...createOutCalls({
      current: opened,
      place: () => lastPlace,
      worked: (work, done) => void remote.worked(work, done).catch(() => {}),
    }),
    open(place, name) {
      const opened = opening.then(() => openAgain(place, name));
      opening = opened.catch(() => {});
      return opened;
    },
    openPicture: async (channel, request) => (await opened()).pictures.open(channel, request),
    preparePicture: async (channel, request) => (await opened()).pictures.prepare(channel, request),
    spectrogramTile: async (id, level, index, whole) =>
      (await (await opened()).pictures.tiles(id)).spectrogramTile({ level, index }, whole),
    waveformTile: async (channel, level, index, whole) =>
      (await (await opened()).pictures.tilesOfChannel(channel)).waveformTile({ level, index }, whole),
    async samples(channel, startSample, sampleCount) {
      const reader = (await opened()).pictures.reader(channel);
      const samples = await reader.read(startSample, Math.min(maxSamplesPerPull, sampleCount));
      return samples.slice().buffer as ArrayBuffer;
    },
    async difference(place) {
      const { open } = await opened();
      const other = await openClip(place);
      try {
        return await compareClips(other, open, () => new Promise((resolve) => setImmediate(resolve)));
      } finally {
        await other.close();
      }
    },
    speech: async (channel, from) => speechOf(await opened(), channel).ask(from),
  },
  clipWorkerChecks,
);

async function openAgain(place: ClipPlace, name: string): Promise<OpenedClip> {
  const closing = current;
  current = undefined;
  lastPlace = place;
  closing?.pictures.stop();
  for (const speech of closing?.speech.values() ?? []) speech.dispose();
  await closing?.open.close();
  try {
    const open = await openClip(place);
    const pictures = createPictures(open, (progress) => void remote.surveyed(progress).catch(() => {}));
    current = { open, pictures, speech: new Map() };
    return describeClip(name, open);
  } catch (error) {
    return describeFailure(name, error, await sizeOf(place));
  }
}

async function opened(): Promise<Current> {
  await opening;
  if (!current) throw new Error('no recording is open');
  return current;
}

function speechOf({ open, pictures, speech }: Current, channel: ChannelChoice): Speech {
  const known = speech.get(channel) ?? createSpeech(open.clip, channel, () => pictures.surveying);
  speech.set(channel, known);
  return known;
}

async function sizeOf(place: ClipPlace): Promise<number> {
  if ('bytes' in place) return place.bytes.byteLength;
  return stat(place.path).then(
    ({ size }) => size,
    () => 0,
  );
}
