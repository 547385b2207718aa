import { stat } from 'node:fs/promises';
import { parentPort } from 'node:worker_threads';
import type { Problem } from '../../../../shared/problem.ts';
import { connect } from '../../../../shared/protocol/channel.ts';
import { maxSamplesPerPull } from '../../../../shared/protocol/samples.ts';
import { type ChannelChoice, mixedChannels, type SurveyProgress } from '../../../../shared/protocol/spectrogram.ts';
import { type ClipOwner, type ClipPlace, type ClipWorker, clipWorkerChecks } from '../workerProtocol.ts';
import type { ClipTiles } from './clipTiles.ts';
import { describeClip, describeFailure, type OpenClip, openClip, tilesOf } from './openClip.ts';
import { createSpeech, type Speech } from './speech.ts';

/** Channels whose survey is kept; further ones are made again when they are asked for. */
const keptChannels = 3;

const port = parentPort;
if (!port) throw new Error('clipWorker runs in a worker thread');

interface ChannelEntry {
  tiles: ClipTiles;
  /** Told again to a view that opens later. */
  progress: SurveyProgress | undefined;
  started: boolean;
  stop(): void;
}

let current:
  | { open: OpenClip; channels: Map<ChannelChoice, ChannelEntry>; speech: Map<ChannelChoice, Speech> }
  | undefined;

const { remote } = connect<ClipWorker, ClipOwner>(
  {
    send: (message) => port.postMessage(message),
    listen(listener) {
      port.on('message', listener);
      return () => port.off('message', listener);
    },
  },
  {
    async open(place, name) {
      await closeCurrent();
      try {
        const open = await openClip(place);
        const opened = { open, channels: new Map(), speech: new Map() };
        current = opened;
        // Nearly every view asks for this next; by then it is under way.
        setImmediate(() => {
          if (current === opened && open.clip.info.frames > 0)
            void tilesFor(mixedChannels)
              .probe()
              .catch(() => {});
        });
        return describeClip(name, open, tilesOf(open));
      } catch (error) {
        return describeFailure(name, error, await sizeOf(place));
      }
    },
    probe: async (channel) => {
      const loudness = await tilesFor(channel).probe();
      startSurvey(channel);
      return loudness;
    },
    spectrogramTile: (channel, level, index, whole) => tilesFor(channel).spectrogramTile({ level, index }, whole),
    waveformTile: (channel, level, index, whole) => tilesFor(channel).waveformTile({ level, index }, whole),
    async samples(channel, startSample, sampleCount) {
      const count = Math.min(maxSamplesPerPull, sampleCount);
      const samples = await tilesFor(channel).samples(startSample, count);
      return samples.slice().buffer as ArrayBuffer;
    },
    speech: (channel, from) => speechOf(channel).ask(from),
  },
  clipWorkerChecks,
);

function tilesFor(channel: ChannelChoice): ClipTiles {
  if (!current) throw new Error('no recording is open');
  const { open, channels } = current;
  const known = channels.get(channel);
  if (known) {
    // The one used last is the last to go.
    channels.delete(channel);
    channels.set(channel, known);
    return known.tiles;
  }
  const wanted = channel >= 0 && channel < open.clip.info.channels ? channel : mixedChannels;
  const tiles = tilesOf(open, wanted);
  channels.set(channel, { tiles, progress: undefined, started: false, stop: () => {} });
  for (const [old, { stop }] of channels) {
    if (channels.size <= keptChannels) break;
    stop();
    channels.delete(old);
  }
  return tiles;
}

function speechOf(channel: ChannelChoice): Speech {
  if (!current) throw new Error('no recording is open');
  const { open, channels, speech } = current;
  const surveying = () => [...channels.values()].some(({ started, progress }) => started && (progress?.done ?? 0) < 1);
  const known = speech.get(channel) ?? createSpeech(open.clip, channel, surveying);
  speech.set(channel, known);
  return known;
}

/** Reads the rest of the clip in the background, once per channel. */
function startSurvey(channel: ChannelChoice): void {
  const entry = current?.channels.get(channel);
  if (!entry) return;
  const report = (progress: SurveyProgress) => {
    entry.progress = progress;
    void remote.surveyed(progress).catch(() => {});
  };
  if (entry.started) {
    if (entry.progress) report(entry.progress);
    return;
  }
  entry.started = true;
  let stopped = false;
  entry.stop = () => {
    stopped = true;
  };
  entry.tiles
    .surveyAll(report, () => stopped)
    .catch((error: unknown) => {
      if (stopped) return;
      const message = error instanceof Error ? error.message : String(error);
      const problem: Problem = { code: 'audio-read-failed', severity: 'error', message };
      report({ channel, done: 0, peak: 0, rms: 0, problems: [problem] });
    });
}

async function closeCurrent(): Promise<void> {
  const closing = current;
  current = undefined;
  for (const { stop } of closing?.channels.values() ?? []) stop();
  for (const speech of closing?.speech.values() ?? []) speech.dispose();
  await closing?.open.close();
}

async function sizeOf(place: ClipPlace): Promise<number> {
  if ('bytes' in place) return place.bytes.byteLength;
  return stat(place.path).then(
    ({ size }) => size,
    () => 0,
  );
}
