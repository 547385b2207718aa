import type { Alternative } from '../../asr/beam/ctcPrefixBeam.ts';
import type { Word } from '../../asr/words.ts';
import { createFeatureExtractor, type FeatureExtractor, type FeatureMatrix } from '../../dsp/features.ts';
import { loadResampler, type Resampler } from '../../dsp/resample.ts';
import type { Batch } from '../../nn/batch.ts';
import type { Problem } from '../../shared/problem.ts';
import type { ClipRange } from '../../training/data/clipReader.ts';
import { problemOf } from '../../training/data/clipReader.ts';
import { type ClipStream, withClipStream } from '../../training/data/clipStream.ts';
import type { Evaluation } from '../../training/executor.ts';
import { type Calibration, calibrateWords } from '../model/calibration.ts';
import type { Decoding } from '../model/chooseDecoding.ts';
import { combineAlternatives } from '../model/combineAlternatives.ts';
import type { ModelMetadata } from '../model/modelMetadata.ts';
import { readWords } from '../model/readWords.ts';
import { alternativesOf, longestSec, type Recognized } from '../model/recognizer.ts';
import { cutPoint } from '../model/segments.ts';
import { cutBatches } from './cutBatches.ts';

/** Something to transcribe: a recording or a part of one. */
export interface Recording {
  /** As the user or the manifest names it. */
  audioFilepath: string;
  range: ClipRange;
  /** Where its problems belong: the line that names it, or the file itself. */
  place: Pick<Problem, 'file' | 'line' | 'column'>;
}

export interface Transcription extends Recognized {
  audioFilepath: string;
  startSec: number;
  endSec: number;
}

/** What hears: a model with how its output is read. */
export interface Listener {
  metadata: ModelMetadata;
  calibration?: Calibration | undefined;
  decoder: Decoding['type'];
  /** Alternatives wanted of each recording, where a beam reads it. */
  nBest: number;
  evaluate(batch: Batch): Promise<Evaluation>;
}

export interface TranscribeEvents {
  done(recording: Recording, transcription: Transcription): void;
  failed(recording: Recording, problem: Problem): void;
  /** After each batch. */
  progress(heardSec: number): void;
  /** Asked between pieces and batches; what is not finished then is left. */
  stopped(): boolean;
}

/** Frames that went through the model: those of speech, and all with the padding. */
export interface HeardFrames {
  valid: number;
  padded: number;
}

/** Audio in one batch, padding included, and how much is gathered before its pieces are sorted into batches. */
const batchSec = 40;
const gatheredSec = 8 * batchSec;

/**
 * Transcribes recordings of any length in bounded memory. Each is read by ranges and cut at pauses as the recogniser cuts
 * it; the pieces of several recordings share a batch by length, while the next ones are read. A recording is handed over
 * when its last piece is heard. One that cannot be read is a problem and loses none of the others.
 */
export async function transcribeAll(
  recordings: readonly Recording[],
  listener: Listener,
  events: TranscribeEvents,
): Promise<HeardFrames> {
  const { features } = listener.metadata;
  const extractor = await createFeatureExtractor(features);
  const resampler = await loadResampler();
  const frames: HeardFrames = { valid: 0, padded: 0 };
  const hear = createHearing(listener, events, frames);
  for (const recording of recordings) {
    if (events.stopped()) break;
    await readRecording(recording, { listener, extractor, resampler, hear, events });
  }
  await hear.finish();
  return frames;
}

/** A piece of a recording on its way through the model. */
interface Piece {
  owner: Hearing;
  index: number;
  matrix: FeatureMatrix;
  offsetSec: number;
  durationSec: number;
}

interface HeardPiece {
  words: Word[];
  alternatives: Alternative[][];
}

/** A recording of which pieces are being heard. */
interface Hearing {
  recording: Recording;
  pieces: (HeardPiece | undefined)[];
  open: number;
  /** Set when all of it is read. */
  endSec?: number;
  failed: boolean;
}

interface Reading {
  listener: Listener;
  extractor: FeatureExtractor;
  resampler: Resampler;
  hear: ReturnType<typeof createHearing>;
  events: TranscribeEvents;
}

async function readRecording(recording: Recording, reading: Reading): Promise<void> {
  const { listener, resampler, hear, events } = reading;
  const { sampleRateHz } = listener.metadata.features;
  const owner: Hearing = { recording, pieces: [], open: 0, failed: false };
  try {
    await withClipStream(recording.range, sampleRateHz, resampler, async (stream) => {
      if (!(await readPieces(stream, owner, reading))) return;
      owner.endSec = (recording.range.offsetSec ?? 0) + stream.samples / sampleRateHz;
      hear.settle(owner);
    });
  } catch (error) {
    if (hear.broken) throw hear.broken.error;
    owner.failed = true;
    events.failed(recording, { ...problemOf(error, recording.range.file), ...recording.place });
  }
}

/** Reads and cuts a recording; false when it was stopped meanwhile. */
async function readPieces(stream: ClipStream, owner: Hearing, reading: Reading): Promise<boolean> {
  const { listener, extractor, hear, events } = reading;
  const { sampleRateHz } = listener.metadata.features;
  const longest = Math.floor(longestSec * sampleRateHz);
  const offsetSec = owner.recording.range.offsetSec ?? 0;
  let held: Float32Array = new Float32Array(0);
  for (let start = 0; start < stream.samples; ) {
    if (events.stopped()) return false;
    const wanted = Math.min(longest, stream.samples - start);
    const more = await stream.read(start + held.length, start + wanted);
    const samples = new Float32Array(wanted);
    samples.set(held);
    samples.set(more, held.length);
    const length = stream.samples - start > longest ? cutPoint(samples, sampleRateHz) : wanted;
    held = samples.subarray(length);
    owner.open++;
    owner.pieces.push(undefined);
    await hear.add({
      owner,
      index: owner.pieces.length - 1,
      matrix: extractor.extract(samples.subarray(0, length)),
      offsetSec: offsetSec + start / sampleRateHz,
      durationSec: length / sampleRateHz,
    });
    start += length;
  }
  return true;
}

/** Gathers pieces, and hears one lot of them while the next is read. */
function createHearing(listener: Listener, events: TranscribeEvents, frames: HeardFrames) {
  let gathered: Piece[] = [];
  let seconds = 0;
  let underWay: Promise<void> = Promise.resolve();
  let broken: { error: unknown } | undefined;
  const settle = (owner: Hearing) => {
    if (owner.open > 0 || owner.endSec === undefined || owner.failed) return;
    const { recording, pieces, endSec } = owner;
    const words = calibrateWords(
      pieces.flatMap((piece) => piece!.words),
      listener.calibration,
      listener.decoder,
    );
    const text = words.map((word) => word.text).join(' ');
    const startSec = recording.range.offsetSec ?? 0;
    const alternatives = pieces.flatMap((piece) => piece!.alternatives);
    const several = alternatives.length > 0 && listener.nBest > 1;
    events.done(recording, {
      ...{ audioFilepath: recording.audioFilepath, startSec, endSec, text, words },
      ...(several ? { alternatives: combineAlternatives(alternatives, listener.nBest) } : {}),
    });
  };
  const hearLot = async (lot: Piece[]) => {
    const { hopSamples, sampleRateHz } = listener.metadata.features;
    const batches = cutBatches(lot, ({ matrix }) => matrix.frames, (batchSec * sampleRateHz) / hopSamples);
    for (const pieces of batches) {
      if (events.stopped()) return;
      const batch = batchOf(pieces);
      const output = await listener.evaluate(batch);
      pieces.forEach((piece, row) => {
        const words = readWords(listener.metadata, output, row, piece);
        piece.owner.pieces[piece.index] = { words, alternatives: alternativesOf(output, row) };
        piece.owner.open--;
        frames.valid += piece.matrix.frames;
      });
      frames.padded += batch.batch * batch.frames;
      for (const owner of new Set(pieces.map((piece) => piece.owner))) settle(owner);
      events.progress(pieces.reduce((sum, { durationSec }) => sum + durationSec, 0));
    }
  };
  const flush = async () => {
    await underWay;
    if (broken) throw broken.error;
    const lot = gathered;
    gathered = [];
    seconds = 0;
    underWay = hearLot(lot).catch((error: unknown) => {
      broken = { error };
    });
  };
  return {
    get broken() {
      return broken;
    },
    settle,
    async add(piece: Piece) {
      gathered.push(piece);
      seconds += piece.durationSec;
      if (seconds >= gatheredSec) await flush();
    },
    async finish() {
      await flush();
      await underWay;
      if (broken) throw broken.error;
    },
  };
}

function batchOf(pieces: readonly Piece[]): Batch {
  const frames = pieces.reduce((most, { matrix }) => Math.max(most, matrix.frames), 0);
  const { bins } = pieces[0]!.matrix;
  const features = new Float32Array(pieces.length * frames * bins);
  pieces.forEach(({ matrix }, row) => {
    features.set(matrix.data.subarray(0, matrix.frames * bins), row * frames * bins);
  });
  const frameCounts = Int32Array.from(pieces, ({ matrix }) => matrix.frames);
  return { features, batch: pieces.length, frames, bins, frameCounts, tokens: [], ids: [] };
}
