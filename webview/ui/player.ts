import { maxSamplesPerPull } from '../../src/shared/protocol/samples.ts';
import { createPlayTimeline, type PlayTimeline } from './playTimeline.ts';

/** Plays a stretch of the clip; where it is comes from the audio clock, so sound and picture cannot drift apart. */
export interface Player {
  readonly playing: boolean;
  /** The time in the clip that is heard now; undefined when nothing plays. */
  positionSec(): number | undefined;
  /** Must begin in a handler of a key or a click: browsers allow sound only then. */
  play(startSec: number, endSec: number): void;
  stop(): void;
}

export interface PlayerOptions {
  sampleRateHz: number;
  totalSamples: number;
  /** Samples from a place on, at most `maxSamplesPerPull`. */
  pull(startSample: number, sampleCount: number): Promise<Float32Array>;
  /** It plays, or not any more; `failure` says why it cannot. */
  changed(playing: boolean, failure?: unknown): void;
  /** What to say when the browser allows no sound before a click into the page. */
  blocked: string;
  /** Whether to begin again at the end. */
  loop(): boolean;
}

interface Run {
  ended: boolean;
  sources: Set<AudioBufferSourceNode>;
  timeline: PlayTimeline;
}

/** The first piece is short, so that sound begins at once. */
const firstPullSec = 0.25;
const pullSec = 2;
const aheadSec = 3;

export function createPlayer(options: PlayerOptions): Player {
  const { sampleRateHz, totalSamples } = options;
  let context: AudioContext | undefined;
  let run: Run | undefined;

  const stop = (failure?: unknown) => {
    const ending = run;
    if (!ending) return;
    run = undefined;
    ending.ended = true;
    for (const source of ending.sources) {
      source.stop();
      source.disconnect();
    }
    void context?.suspend();
    options.changed(false, failure);
  };
  return {
    get playing() {
      return run !== undefined;
    },
    positionSec() {
      const sample = run && context ? run.timeline.sampleAt(heardSec(context)) : undefined;
      return sample === undefined ? undefined : sample / sampleRateHz;
    },
    play(startSec, endSec) {
      stop();
      const startSample = Math.max(0, Math.round(startSec * sampleRateHz));
      const endSample = Math.min(totalSamples, Math.round(endSec * sampleRateHz));
      if (endSample <= startSample) return;
      const mine: Run = { ended: false, sources: new Set(), timeline: createPlayTimeline(sampleRateHz) };
      run = mine;
      options.changed(true);
      const begin = async () => {
        // The clip's own rate: pieces are neither resampled one by one nor cracked at their seams.
        context ??= new AudioContext({ sampleRate: sampleRateHz, latencyHint: 'interactive' });
        await startClock(context, options.blocked);
        await feed(mine, context, options, startSample, endSample);
      };
      begin().then(
        () => run === mine && stop(),
        (error: unknown) => run === mine && stop(error),
      );
    },
    stop: () => stop(),
  };
}

/** A clock that was not allowed to start waits for ever instead of failing. */
async function startClock(context: AudioContext, blocked: string): Promise<void> {
  const patience = new Promise((resolve) => setTimeout(resolve, 1500));
  await Promise.race([context.resume(), patience]);
  if (context.state !== 'running') throw new Error(blocked);
}

/** Pulls and schedules pieces a little ahead of what is heard; ends when the last one has been heard. */
async function feed(run: Run, context: AudioContext, options: PlayerOptions, startSample: number, endSample: number) {
  const { sampleRateHz } = options;
  let at = startSample;
  let wantedSec = firstPullSec;
  while (!run.ended && (at < endSample || options.loop())) {
    if (at >= endSample) at = startSample;
    const most = Math.min(maxSamplesPerPull, Math.max(256, Math.round(wantedSec * sampleRateHz)), endSample - at);
    const samples = await options.pull(at, most);
    if (run.ended || samples.length === 0) break;
    schedule(run, context, samples, at, sampleRateHz);
    at += samples.length;
    wantedSec = pullSec;
    await until(run, () => run.timeline.endSec - context.currentTime < aheadSec);
  }
  await until(run, () => heardSec(context) >= run.timeline.endSec);
}

function schedule(run: Run, context: AudioContext, samples: Float32Array, startSample: number, rateHz: number): void {
  const buffer = context.createBuffer(1, samples.length, rateHz);
  buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, 0);
  const source = context.createBufferSource();
  source.buffer = buffer;
  source.connect(context.destination);
  source.start(run.timeline.append(startSample, samples.length, context.currentTime));
  run.sources.add(source);
  source.onended = () => {
    source.disconnect();
    run.sources.delete(source);
  };
}

async function until(run: Run, ready: () => boolean): Promise<void> {
  while (!run.ended && !ready()) await new Promise((resolve) => setTimeout(resolve, 30));
}

/** The clock at the loudspeaker, which is behind the one that computes. */
function heardSec(context: AudioContext): number {
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  if (!contextTime || !performanceTime) return context.currentTime - (context.outputLatency || 0);
  return contextTime + (performance.now() - performanceTime) / 1000;
}
