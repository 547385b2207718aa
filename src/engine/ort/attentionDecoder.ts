import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { attentionSearch, type DecoderSteps } from '../../asr/attentionSearch.ts';
import type { GreedyDecoding } from '../../asr/ctcGreedy.ts';
import { createCtcPrefixScorer } from '../../asr/ctcPrefixScore.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import type { Evaluation } from '../../training/executor.ts';
import { type EncodedBatch, runEncoder } from './inferenceHost.ts';
import type { InferenceBatch } from './protocol.ts';

type Decoding = Pick<Experiment['decoding'], 'type' | 'beamWidth' | 'ctcWeight'>;

/** Tokens per output frame that attention alone may read: without CTC nothing else ends a decoder that repeats itself. */
const mostTokensPerFrame = 4;

/** One run of an encoder's graph, then a search with the decoder in each utterance. */
export async function runWithDecoder(
  sessions: { encoder: InferenceSession; decoder: InferenceSession },
  input: InferenceBatch,
  decoding: Decoding,
  { weights = {}, transcripts }: DecoderInputs = {},
): Promise<Evaluation> {
  const batch = await runEncoder(sessions.encoder, input, weights);
  const { logProbabilities, outputFrames, lengths } = batch;
  const memories = memoriesOf(sessions.decoder, weights, batch);
  const decoded = await decodeBatch(sessions.decoder, memories, batch, decoding);
  if (!transcripts) return { logProbabilities, outputFrames, lengths, decoded };
  const losses = new Float32Array(lengths.length);
  for (const [row, memory] of memories.entries())
    losses[row] = memory ? await transcriptLoss(sessions.decoder, memory, transcripts[row]!) : Number.POSITIVE_INFINITY;
  return { logProbabilities, outputFrames, lengths, decoded, losses };
}

export interface DecoderInputs {
  /** For graphs that hold none. */
  weights?: Record<string, Tensor>;
  /** Then each utterance's loss is the decoder's cross-entropy with its transcript and the end. */
  transcripts?: readonly Int32Array[] | undefined;
}

type Memory = Record<string, Tensor>;

/** What the decoder's graph is fed with in every step, per utterance; undefined for one without output frames. */
function memoriesOf(
  session: InferenceSession,
  weights: Record<string, Tensor>,
  { outputFrames, lengths, encoded, keys }: EncodedBatch,
): (Memory | undefined)[] {
  const rows = lengths.length;
  const width = encoded.length / rows / outputFrames;
  const own: Memory = {};
  for (const name of session.inputNames) if (weights[name]) own[name] = weights[name];
  return Array.from(lengths, (frames, row) => {
    const first = row * outputFrames;
    if (frames <= 0) return undefined;
    return {
      ...own,
      encoded: new Tensor('float32', encoded.subarray(first * width, (first + frames) * width), [frames, width]),
      keys: validKeys(keys, { row, rows, outputFrames, frames }),
    };
  });
}

/** −log p of a transcript and its end. */
async function transcriptLoss(session: InferenceSession, memory: Memory, tokens: Int32Array): Promise<number> {
  const steps = stepsOf(session, memory);
  let loss = 0;
  for (let u = 0; u <= tokens.length; u++) {
    const { logProbabilities } = await steps.advance([0], [u === 0 ? 0 : tokens[u - 1]!]);
    loss -= logProbabilities[tokens[u] ?? 0]!;
  }
  return loss;
}

async function decodeBatch(
  session: InferenceSession,
  memories: readonly (Memory | undefined)[],
  { logProbabilities, outputFrames, lengths }: EncodedBatch,
  { type, beamWidth, ctcWeight }: Decoding,
): Promise<GreedyDecoding[]> {
  const vocabularySize = logProbabilities.length / lengths.length / outputFrames;
  const found: GreedyDecoding[] = [];
  for (const [row, memory] of memories.entries()) {
    if (!memory) {
      found.push({ tokens: [], frames: [], endFrames: [], confidence: [] });
      continue;
    }
    const first = row * outputFrames;
    const frames = lengths[row]!;
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
