import { alignText } from '../../asr/alignText.ts';
import { type CtcPosteriors, collectPosteriors, framesBetween, type HeardPiece } from '../../asr/ctcPosteriors.ts';
import { createTokenizer } from '../../asr/tokenizer.ts';
import { secondsPerOutputFrame } from '../../asr/words.ts';
import { UserError } from '../../shared/problem.ts';
import {
  type AlignedReference,
  type InspectCall,
  type InspectedPosteriors,
  type InspectedStretch,
  longestInspectionSec,
  type ReferenceText,
} from '../../shared/protocol/listen.ts';
import { type Hearing, hearStretch } from './hearStretch.ts';
import type { ModelPool } from './modelPool.ts';

/** What a model made of a stretch, down to the probabilities its text is read from. */
export async function inspectStretch(
  pool: ModelPool,
  call: InspectCall,
  report: (progress: number) => void,
): Promise<InspectedStretch> {
  if (call.endSec - call.startSec > longestInspectionSec)
    throw new UserError(
      `At most ${longestInspectionSec / 60} minutes can be looked into at once: choose a shorter stretch.`,
    );
  const pieces: HeardPiece[] = [];
  let values = 0;
  const hearing = await hearStretch(pool, call, report, (model, { logProbabilities, lengths }, { offsetSec }) => {
    const frames = lengths[0]!;
    values += frames * model.metadata.vocabulary.length;
    if (values > mostValues)
      throw new UserError(
        `A model of ${model.metadata.vocabulary.length} units says too much of so long a stretch: choose a shorter one.`,
      );
    if (model.withoutCtc === undefined) pieces.push({ startSec: offsetSec, frames, logProbabilities });
  });
  const { stretch, model } = hearing;
  const references = call.references ?? [];
  const reason = model.withoutCtc;
  if (reason !== undefined)
    return { ...stretch, posteriors: { reason }, alignments: references.map((one) => ({ ...one, problem: reason })) };
  const { vocabulary, features, timeStride } = model.metadata;
  const frameSec = secondsPerOutputFrame(timeStride, features.hopSamples, features.sampleRateHz);
  return {
    ...stretch,
    posteriors: render(collectPosteriors(pieces, vocabulary, frameSec)),
    alignments: references.map((one) => alignReference(one, hearing, pieces, frameSec)),
  };
}

/** 256 MB of probabilities. */
const mostValues = 2 ** 26;
/** Times of references are rounded, in files and in the samples they stand for. */
const edgeSec = 0.02;

function alignReference(
  reference: ReferenceText,
  { stretch, model, samples }: Hearing,
  pieces: readonly HeardPiece[],
  frameSec: number,
): AlignedReference {
  const { vocabulary, text, features } = model.metadata;
  if (reference.startSec < stretch.startSec - edgeSec || reference.endSec > stretch.endSec + edgeSec)
    return { ...reference, problem: 'only a part of it lies in the stretch that was heard' };
  const rate = features.sampleRateHz;
  const said = framesBetween(pieces, vocabulary.length, frameSec, reference);
  const sampleAt = (sec: number) => Math.round((sec - stretch.startSec) * rate);
  const aligned = alignText(reference.text, createTokenizer(vocabulary, text), {
    ...{ logProbabilities: said.logProbabilities, frames: said.frames, secondsPerFrame: frameSec },
    ...{ samples: samples.subarray(sampleAt(said.startSec), sampleAt(reference.endSec)), sampleRateHz: rate },
    offsetSec: said.startSec,
  });
  return 'problem' in aligned ? { ...reference, problem: aligned.problem.message } : { ...reference, ...aligned };
}

function render({ probabilities, topUnits, topProbabilities, ...rest }: CtcPosteriors): InspectedPosteriors {
  const encode = (bytes: Uint8Array) =>
    Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return {
    ...rest,
    probabilities: encode(probabilities),
    topUnits: encode(littleEndian(topUnits)),
    topProbabilities: encode(topProbabilities),
  };
}

function littleEndian(values: Uint16Array): Uint8Array {
  const bytes = new Uint8Array(2 * values.length);
  for (const [i, value] of values.entries()) [bytes[2 * i], bytes[2 * i + 1]] = [value & 255, value >> 8];
  return bytes;
}
