import { createTimeStretch } from '../../src/dsp/timeStretch.ts';
import { maxSamplesPerPull } from '../../src/shared/protocol/samples.ts';

/** Samples from a place on, one array per channel, at most `maxSamplesPerPull` in all; none beyond the clip. */
export type Pull = (startSample: number, sampleCount: number) => Promise<Float32Array[]>;

/** What is played for some samples of the clip. */
export interface Piece {
  /** Of the clip, in parts of a sample. */
  startSample: number;
  sampleCount: number;
  channels: Float32Array[];
}

export interface PieceSource {
  pull: Pull;
  sampleRateHz: number;
  speed: number;
  loop(): boolean;
  /** Nothing more is wanted. */
  ended(): boolean;
}

export interface PlayedRange {
  startSample: number;
  endSample: number;
  /** Where the first round begins. */
  fromSample: number;
}

/** The first pull is short, so that sound begins at once. */
const firstPullSec = 0.25;
const pullSec = 2;
/** Another speed is computed as it is pulled: little at a time, so that nothing else has to wait. */
const stretchedPullSec = 0.5;

/** A stretch piece by piece, at any speed; round after round while it loops. */
export async function* playedPieces(source: PieceSource, range: PlayedRange): AsyncGenerator<Piece> {
  let fromSample = range.fromSample < range.endSample ? range.fromSample : range.startSample;
  do {
    yield* oneRound(source, fromSample, range.endSample);
    fromSample = range.startSample;
  } while (source.loop() && !source.ended());
}

async function* oneRound(source: PieceSource, from: number, end: number): AsyncGenerator<Piece> {
  const stretch = source.speed === 1 ? undefined : createRound(source, from);
  for await (const piece of pulled(source, from, end)) {
    const played = stretch ? stretch.push(piece.channels) : piece;
    if (played) yield played;
  }
  const rest = stretch?.flush();
  if (rest) yield rest;
}

async function* pulled({ pull, sampleRateHz, speed, ended }: PieceSource, from: number, end: number) {
  let wantedSec = firstPullSec;
  for (let at = from; at < end && !ended(); ) {
    const most = Math.min(maxSamplesPerPull, Math.max(256, Math.round(wantedSec * sampleRateHz)), end - at);
    const channels = await pull(at, most);
    const sampleCount = channels[0]?.length ?? 0;
    if (sampleCount === 0) return;
    yield { startSample: at, sampleCount, channels };
    at += sampleCount;
    wantedSec = speed === 1 ? pullSec : stretchedPullSec;
  }
}

/** Stretches one round, which begins at a sample of the clip. */
function createRound({ sampleRateHz, speed }: PieceSource, from: number) {
  let stretch: ReturnType<typeof createTimeStretch> | undefined;
  let produced = 0;
  const pieceOf = (channels: Float32Array[]): Piece | undefined => {
    const length = channels[0]?.length ?? 0;
    if (length === 0) return undefined;
    const startSample = from + produced * speed;
    produced += length;
    return { startSample, sampleCount: length * speed, channels };
  };
  return {
    push(channels: Float32Array[]) {
      stretch ??= createTimeStretch(sampleRateHz, channels.length, speed);
      return pieceOf(stretch.push(channels));
    },
    flush: () => pieceOf(stretch?.flush() ?? []),
  };
}
