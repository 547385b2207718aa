import { createAudioOutput } from './audioOutput.ts';
import { type Pull, playedPieces } from './playedPieces.ts';
import { createPlayTimeline, type PlayTimeline } from './playTimeline.ts';
import { createScrubber } from './scrubber.ts';

/** Plays a stretch of the clip; where it is comes from the audio clock, so sound and picture cannot drift apart. */
export interface Player {
  readonly playing: boolean;
  /** The time in the clip that is heard now; undefined when nothing plays. */
  positionSec(): number | undefined;
  /** Must begin in a handler of a key or a click: browsers allow sound only then. */
  play(startSec: number, endSec: number): void;
  /** Goes on from where it is, as the options say now; the stretch stays. */
  restart(): void;
  /** A moment of sound at a time of the clip; what plays is stopped. */
  scrub(sec: number): void;
  stop(): void;
}

export interface PlayerOptions {
  sampleRateHz: number;
  totalSamples: number;
  pull: Pull;
  /** It plays, or not any more; `failure` says why it cannot. */
  changed(playing: boolean, failure?: unknown): void;
  /** What to say when the browser allows no sound before a click into the page. */
  blocked: string;
  /** Whether to begin again at the end. */
  loop(): boolean;
  /** 1 by default; the pitch stays. Read when it begins to play. */
  speed?(): number;
}

interface Run {
  startSec: number;
  endSec: number;
  ended: boolean;
  /** Pieces that have not been heard to their end. */
  pieces: { endSec: number; stop(): void }[];
  timeline: PlayTimeline;
}

const aheadSec = 3;

export function createPlayer(options: PlayerOptions): Player {
  const { sampleRateHz, totalSamples } = options;
  const output = createAudioOutput(sampleRateHz, options.blocked);
  const scrubber = createScrubber(output, options.pull, totalSamples);
  let run: Run | undefined;

  const stop = (failure?: unknown) => {
    const ending = run;
    if (!ending) return;
    run = undefined;
    ending.ended = true;
    for (const piece of ending.pieces) piece.stop();
    output.suspend();
    options.changed(false, failure);
  };
  /** Begins at `fromSec` and loops over the whole stretch. */
  const begin = (startSec: number, endSec: number, fromSec: number) => {
    scrubber.stop();
    stop();
    const sampleOf = (sec: number) => Math.max(0, Math.min(totalSamples, Math.round(sec * sampleRateHz)));
    const range = { startSample: sampleOf(startSec), endSample: sampleOf(endSec), fromSample: sampleOf(fromSec) };
    if (range.endSample <= range.startSample) return;
    const timeline = createPlayTimeline(sampleRateHz);
    const mine: Run = { startSec, endSec, ended: false, pieces: [], timeline };
    run = mine;
    options.changed(true);
    const speed = options.speed?.() ?? 1;
    const feed = async () => {
      await output.start();
      const wanted = { pull: options.pull, sampleRateHz, speed, loop: options.loop, ended: () => mine.ended };
      for await (const piece of playedPieces(wanted, range)) {
        if (mine.ended) return;
        const playedSamples = piece.channels[0]!.length;
        const atSec = timeline.append({ ...piece, playedSamples }, output.nowSec);
        mine.pieces = mine.pieces.filter(({ endSec }) => endSec > output.nowSec);
        mine.pieces.push({ endSec: timeline.endSec, stop: output.play(piece.channels, atSec).stop });
        await until(mine, () => timeline.endSec - output.nowSec < aheadSec);
      }
      await until(mine, () => output.heardSec >= timeline.endSec);
    };
    feed().then(
      () => run === mine && stop(),
      (error: unknown) => run === mine && stop(error),
    );
  };
  const positionSec = () => {
    const sample = run?.timeline.sampleAt(output.heardSec);
    return sample === undefined ? undefined : sample / sampleRateHz;
  };
  return {
    get playing() {
      return run !== undefined;
    },
    positionSec,
    play: (startSec, endSec) => begin(startSec, endSec, startSec),
    restart() {
      if (run) begin(run.startSec, run.endSec, positionSec() ?? run.startSec);
    },
    scrub(sec) {
      stop();
      scrubber.hear(sec);
    },
    stop() {
      scrubber.stop();
      stop();
    },
  };
}

async function until(run: Run, ready: () => boolean): Promise<void> {
  while (!run.ended && !ready()) await new Promise((resolve) => setTimeout(resolve, 30));
}
