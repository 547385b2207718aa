import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { attentionSearch, type DecoderSteps } from '../../asr/attentionSearch.ts';
import type { GreedyDecoding } from '../../asr/ctcGreedy.ts';
import { createCtcPrefixScorer } from '../../asr/ctcPrefixScore.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Evaluation } from '../../training/executor.ts';
import { type EncodedBatch, runEncoder } from './inferenceHost.ts';
import type { InferenceBatch } from './protocol.ts';

type Decoding = Experiment['decoding'];

/** Tokens per output frame that attention alone may read: without CTC nothing else ends a decoder that repeats itself. */
const mostTokensPerFrame = 4;

/** One run of an encoder's graph, then a search with the decoder in each utterance. */
export async function runWithDecoder(
  sessions: { encoder: InferenceSession; decoder: InferenceSession },
  input: InferenceBatch,
  decoding: Decoding,
  weights: Record<string, Tensor> = {},
): Promise<Evaluation> {
  const batch = await runEncoder(sessions.encoder, input, weights);
  const decoded = await decodeBatch(sessions.decoder, weights, batch, decoding);
  const { logProbabilities, outputFrames, lengths } = batch;
  return { logProbabilities, outputFrames, lengths, decoded };
}

async function decodeBatch(
  session: InferenceSession,
  weights: Record<string, Tensor>,
  batch: EncodedBatch,
  { type, beamWidth, ctcWeight }: Decoding,
): Promise<GreedyDecoding[]> {
  const { logProbabilities, outputFrames, lengths, encoded, keys } = batch;
  const rows = lengths.length;
  const vocabularySize = logProbabilities.length / rows / outputFrames;
  const width = encoded.length / rows / outputFrames;
  const own: Record<string, Tensor> = {};
  for (const name of session.inputNames) if (weights[name]) own[name] = weights[name];
  const found: GreedyDecoding[] = [];
  for (const [row, frames] of lengths.entries()) {
    if (frames <= 0) {
      found.push({ tokens: [], frames: [], endFrames: [], confidence: [] });
      continue;
    }
    const first = row * outputFrames;
    const memory: Record<string, Tensor> = {
      ...own,
      encoded: new Tensor('float32', encoded.subarray(first * width, (first + frames) * width), [frames, width]),
      keys: validKeys(keys, { row, rows, outputFrames, frames }),
    };
    const logs = logProbabilities.subarray(first * vocabularySize, (first + frames) * vocabularySize);
    const scorer = createCtcPrefixScorer(logs, frames, vocabularySize);
    const search = type === 'joint' ? { ctc: { scorer, weight: ctcWeight } } : {};
    const maxTokens = type === 'joint' ? frames : mostTokensPerFrame * frames;
    found.push(await attentionSearch(stepsOf(session, memory), { vocabularySize, beamWidth, maxTokens, ...search }));
  }
  return found;
}

/** [batch, attention, outputFrames] → [attention, frames] of one utterance. */
function validKeys(
  keys: Float32Array,
  { row, rows, outputFrames, frames }: { row: number; rows: number; outputFrames: number; frames: number },
): Tensor {
  const size = keys.length / rows / outputFrames;
  const valid = new Float32Array(size * frames);
  for (let i = 0; i < size; i++) {
    const from = (row * size + i) * outputFrames;
    valid.set(keys.subarray(from, from + frames), i * frames);
  }
  return new Tensor('float32', valid, [size, frames]);
}

interface StepState {
  state: Float32Array; // [hypotheses, hidden]
  cell: Float32Array; // [hypotheses, hidden]
  alignment: Float32Array; // [hypotheses, frames]
}

/** The decoder's graph, run for the hypotheses of a search. */
function stepsOf(session: InferenceSession, memory: Record<string, Tensor>): DecoderSteps {
  const frames = memory.keys!.dims[1]!;
  const input = session.inputMetadata.find(({ name }) => name === 'state');
  const hidden = input?.isTensor ? Number(input.shape[1]) : 0;
  let last: StepState = {
    state: new Float32Array(hidden),
    cell: new Float32Array(hidden),
    alignment: new Float32Array(frames).fill(1 / frames),
  };
  return {
    async advance(parents, tokens) {
      const count = parents.length;
      const results = await session.run({
        ...memory,
        state: new Tensor('float32', chosenRows(last.state, parents, hidden), [count, hidden]),
        cell: new Tensor('float32', chosenRows(last.cell, parents, hidden), [count, hidden]),
        alignment: new Tensor('float32', chosenRows(last.alignment, parents, frames), [count, frames]),
        previous: new Tensor('int32', Int32Array.from(tokens), [count]),
      });
      const data = (name: string) => results[name]!.data as Float32Array;
      last = { state: data('nextState'), cell: data('nextCell'), alignment: data('nextAlignment') };
      return { logProbabilities: data('logProbabilities'), peaks: peaksOf(last.alignment, frames) };
    },
  };
}

function chosenRows(rows: Float32Array, chosen: readonly number[], width: number): Float32Array {
  const result = new Float32Array(chosen.length * width);
  for (const [i, row] of chosen.entries()) result.set(rows.subarray(row * width, (row + 1) * width), i * width);
  return result;
}

function peaksOf(alignments: Float32Array, frames: number): Int32Array {
  return Int32Array.from({ length: alignments.length / frames }, (_, row) => {
    const own = alignments.subarray(row * frames, (row + 1) * frames);
    let best = 0;
    for (let t = 1; t < frames; t++) if (own[t]! > own[best]!) best = t;
    return best;
  });
}
