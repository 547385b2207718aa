import type { Alternative, BeamDecoding } from '../../asr/beam/ctcPrefixBeam.ts';
import type { GreedyDecoding } from '../../asr/ctcGreedy.ts';
import type { Word } from '../../asr/words.ts';
import { createFeatureExtractor } from '../../dsp/features.ts';
import type { Batch } from '../../nn/batch.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import type { Evaluation } from '../../training/executor.ts';
import { toInput } from '../ort/batchInput.ts';
import { startOrtClient } from '../ortClient.ts';
import { type BeamDecoder, openBeam, withBeam } from './beamDecoder.ts';
import { calibrateWords } from './calibration.ts';
import type { Decoding } from './chooseDecoding.ts';
import { combineAlternatives } from './combineAlternatives.ts';
import type { OpenedModel } from './openModel.ts';
import { readWords } from './readWords.ts';
import { rowByRow } from './rowByRow.ts';
import { cutAtPauses } from './segments.ts';

export interface Recognized {
  text: string;
  words: Word[];
  /** Of a beam with several, best first. */
  alternatives?: Omit<Alternative, 'tokens' | 'words'>[];
}

/** Where a piece of audio lies in its recording. */
export interface Place {
  offsetSec: number;
  durationSec: number;
}

/** A model ready to hear. */
export interface Recognizer {
  /** Features as extracted, not yet normalised by the training set's statistics. */
  evaluate(batch: Batch): Promise<Evaluation>;
  /** What reads its text, where `decoding` is a beam. */
  beam: BeamDecoder | undefined;
  /** Samples at the model's rate; word times count from `offsetSec`. `heard` sees what the text is read from. */
  recognize(
    samples: Float32Array,
    offsetSec: number,
    heard?: (output: Evaluation, place: Place) => void,
  ): Promise<Recognized>;
  /** Of ONNX Runtime. */
  runtimeVersion(): Promise<string>;
  /** What the process of its graph takes. */
  memoryBytes(): Promise<number>;
  /** Whether the process that runs the graph lives. */
  readonly alive: boolean;
  dispose(): Promise<void>;
}

/** A file may hold anything: what the runtime cannot load or run, or what ends its process, is the file's fault. */
function refused(model: OpenedModel, what: 'load' | 'run', error: unknown): unknown {
  if (model.weights) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new UserError(`${model.source}: onnxruntime cannot ${what} it: ${said}`);
}

/** Longer audio is cut where it is quiet: memory grows with length, and training has seen no longer utterances. */
export const longestSec = 25;

export interface RecognizerOptions {
  /** Alternatives of each utterance that a beam gives. */
  nBest?: number;
  /** What there is to say of a language model. */
  report?(problem: Problem): void;
}

/** `decoding` must be one the model allows (see `chooseDecoding`). */
export async function createRecognizer(
  model: OpenedModel,
  threads: number,
  decoding?: Decoding,
  { nBest = 1, report = () => undefined }: RecognizerOptions = {},
): Promise<Recognizer> {
  const { features, vocabulary, text } = model.metadata;
  const beam = decoding && (await openBeam({ decoding, text }, vocabulary, report, nBest));
  const rate = features.sampleRateHz;
  const extractor = await createFeatureExtractor(features);
  const client = startOrtClient();
  try {
    const searches = decoding?.type === 'attention' || decoding?.type === 'joint';
    const search = searches ? model.forDecoder?.() : undefined;
    if (search) await client.call('openModel', search.encoder, threads, { bytes: search.decoder, decoding: decoding! });
    else await client.call('openModel', model.bytes, threads, undefined, model.adapter);
  } catch (error) {
    await client.dispose();
    throw refused(model, 'load', error);
  }
  const infer = (batch: Batch) =>
    client.call('infer', toInput(batch)).catch((error: unknown) => {
      throw refused(model, 'run', error);
    });
  const evaluate = withBeam(model.metadata.quantization?.rowByRow ? rowByRow(infer) : infer, beam);
  return {
    evaluate,
    beam,
    async recognize(samples, offsetSec, heard = () => undefined) {
      const words: Word[] = [];
      const alternatives: Alternative[][] = [];
      for (const { start, end } of cutAtPauses(samples, rate, longestSec)) {
        const { frames, bins, data } = extractor.extract(samples.subarray(start, end));
        const frameCounts = Int32Array.of(frames);
        const output = await evaluate({ features: data, batch: 1, frames, bins, frameCounts, tokens: [], ids: [] });
        const place = { offsetSec: offsetSec + start / rate, durationSec: (end - start) / rate };
        heard(output, place);
        words.push(...readWords(model.metadata, output, 0, place));
        alternatives.push(...alternativesOf(output, 0));
      }
      return {
        text: words.map((word) => word.text).join(' '),
        words: calibrateWords(words, model.calibration, decoding?.type ?? 'greedy'),
        ...(beam && nBest > 1 ? { alternatives: combineAlternatives(alternatives, nBest) } : {}),
      };
    },
    runtimeVersion: () => client.call('version'),
    memoryBytes: async () => (await client.call('usage')).rssBytes,
    get alive() {
      return client.alive;
    },
    dispose: () => client.dispose(),
  };
}

/** What a beam kept beside the best of an utterance: a list, or none. */
export function alternativesOf({ decoded }: Evaluation, row: number): Alternative[][] {
  const own: (GreedyDecoding & Partial<BeamDecoding>) | undefined = decoded?.[row];
  return own?.alternatives ? [own.alternatives] : [];
}
