import { add, concat, gather, reshape, split, transpose } from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { Batch } from '../batch.ts';
import type { ModelSpec } from '../modelSpec.ts';
import type { LayoutBuilder } from '../parameterLayout.ts';
import { attentionRecurrence } from './attentionRecurrence.ts';
import { dropoutTokens } from './dropout.ts';
import type { TimeLevel } from './frameMasks.ts';
import { linear } from './linear.ts';
import { type AttentionWeights, attentionWeights, paddedEnergy } from './locationAttention.ts';
import { type StepContext, validFrames } from './stepContext.ts';

/** The token that starts and ends every transcript: the CTC blank's index, which the decoder has no other use for. */
export const START_AND_END = 0;

/**
 * Teacher-forced logits of every token and the end, [steps, batch, vocabulary], steps = most tokens + 1, for encoder
 * outputs [frames, batch, width] that are 0 on padding.
 *
 * Location-aware attention (Chorowski et al. 2015) with the state before, then an LSTM step on the embedding of the
 * previous token and the context, then a linear layer on [state; context]. The first alignment is uniform over the
 * valid frames. Steps beyond an utterance's end hold what the loss must ignore.
 */
export function attentionDecoder(
  context: StepContext,
  { config }: ModelSpec,
  tensor: (name: string) => Value,
  { encoded, level }: { encoded: Value; level: TimeLevel },
): Value {
  const { batch } = context.sizes;
  const [frames] = staticShape(encoded, 'the decoder') as [number];
  const steps = context.sizes.maxTokens + 1;
  const decoder = decoderTensors(tensor);
  const embedded = reshape(gather(decoder.embedding, previousTokens(context, steps), 0), [steps, batch, -1]);
  const fed = dropoutTokens(context, 'decoder.embedding', embedded, config.dropout);
  const outputs = attentionRecurrence({
    weights: decoder.attention,
    memory: { ...attentionKeys(decoder, encoded), padding: paddingEnergies(context, level, frames) },
    gateInputs: linear(fed, decoder.embeddingGates, decoder.gateBias),
    recurrent: decoder.recurrent,
    alignment: uniformAlignment(context, level, frames),
  });
  const read = dropoutTokens(context, 'decoder.output', outputs, config.dropout);
  return linear(read, decoder.outputWeight, decoder.outputBias);
}

export interface DecoderTensors {
  embedding: Value; // [vocabulary, embedding]
  keyWeight: Value; // [width, attention]
  keyBias: Value; // [attention]
  attention: AttentionWeights;
  /** From the embedding to the gates, [embedding, 4·hidden]. */
  embeddingGates: Value;
  /** From state and context to the gates, [hidden + width, 4·hidden]. */
  recurrent: Value;
  gateBias: Value; // [4·hidden]
  outputWeight: Value; // [hidden + width, vocabulary]
  outputBias: Value; // [vocabulary]
}

/** The decoder's parameters in the form its steps multiply with. */
export function decoderTensors(tensor: (name: string) => Value): DecoderTensors {
  const embedding = tensor('decoder.embedding.weight');
  const inputWeight = tensor('decoder.rnn.inputWeight');
  const keyWeight = tensor('decoder.key.weight');
  const sizes = [embedding.shape[1] as number, keyWeight.shape[0] as number];
  const [embeddingGates, contextGates] = split(inputWeight, sizes, 0) as readonly [Value, Value];
  return {
    embedding,
    keyWeight,
    keyBias: tensor('decoder.key.bias'),
    attention: attentionWeights({
      query: tensor('decoder.query.weight'),
      filter: tensor('decoder.filter.weight'),
      location: tensor('decoder.location.weight'),
      energy: tensor('decoder.energy.weight'),
    }),
    embeddingGates,
    recurrent: concat([tensor('decoder.rnn.recurrentWeight'), contextGates], 0),
    gateBias: add(tensor('decoder.rnn.inputBias'), tensor('decoder.rnn.recurrentBias')),
    outputWeight: tensor('decoder.output.weight'),
    outputBias: tensor('decoder.output.bias'),
  };
}

/** Adds the decoder's tensors after those of a model whose output layer reads `width` values per frame. */
export function layoutDecoder(builder: LayoutBuilder, { config, vocabularySize }: ModelSpec, width: number): void {
  const { hiddenSize, embeddingSize, attentionSize, locationChannels, locationKernel } = config.attention;
  const bound = (inputs: number) => ({ uniform: 1 / Math.sqrt(inputs) });
  // The variance of nn.Embedding's normal numbers.
  builder.parameter('decoder.embedding.weight', [vocabularySize, embeddingSize], { uniform: Math.sqrt(3) });
  builder.parameter('decoder.query.weight', [hiddenSize, attentionSize], bound(hiddenSize));
  builder.parameter('decoder.key.weight', [width, attentionSize], bound(width));
  builder.parameter('decoder.key.bias', [attentionSize], bound(width));
  builder.parameter('decoder.filter.weight', [locationChannels, 1, locationKernel], bound(locationKernel));
  builder.parameter('decoder.location.weight', [locationChannels, attentionSize], bound(locationChannels));
  builder.parameter('decoder.energy.weight', [attentionSize, 1], bound(attentionSize));
  builder.parameter('decoder.rnn.inputWeight', [embeddingSize + width, 4 * hiddenSize], bound(hiddenSize));
  builder.parameter('decoder.rnn.recurrentWeight', [hiddenSize, 4 * hiddenSize], bound(hiddenSize));
  builder.parameter('decoder.rnn.inputBias', [4 * hiddenSize], bound(hiddenSize));
  builder.parameter('decoder.rnn.recurrentBias', [4 * hiddenSize], bound(hiddenSize));
  builder.parameter('decoder.output.weight', [hiddenSize + width, vocabularySize], bound(hiddenSize + width));
  builder.parameter('decoder.output.bias', [vocabularySize], bound(hiddenSize + width));
}

/** What attention looks up, from [frames, batch, width]: keys [batch, attention, frames] and values [batch, frames, width]. */
export function attentionKeys({ keyWeight, keyBias }: DecoderTensors, encoded: Value) {
  const keys = linear(encoded, keyWeight, keyBias);
  return { keys: transpose(keys, [1, 2, 0]), encoded: transpose(encoded, [1, 0, 2]) };
}

/** The start, then the transcript: int32 [steps·batch]. */
function previousTokens(context: StepContext, steps: number): Value {
  const rows = context.sizes.batch;
  return context.hostInput('decoder.previousTokens', [steps * rows], 'int32', (batch: Batch) => {
    const filled = new Int32Array(steps * rows).fill(START_AND_END);
    for (const [b, tokens] of batch.tokens.entries())
      for (const [u, token] of tokens.entries()) filled[(u + 1) * rows + b] = token;
    return filled;
  });
}

function paddingEnergies(context: StepContext, level: TimeLevel, frames: number): Value {
  return perFrame(context, 'decoder.padding', level, frames, () => [0, paddedEnergy]);
}

/** 1 / n on each of n valid frames, 0 on padding. */
function uniformAlignment(context: StepContext, level: TimeLevel, frames: number): Value {
  return perFrame(context, 'decoder.firstAlignment', level, frames, (valid) => [valid > 0 ? 1 / valid : 0, 0]);
}

/** [batch, 1, frames] of one number on valid frames and another on padding. */
function perFrame(
  context: StepContext,
  name: string,
  level: TimeLevel,
  frames: number,
  numbers: (valid: number) => readonly [number, number],
): Value {
  const rows = context.sizes.batch;
  return context.hostInput(name, [rows, 1, frames], 'float32', (batch) => {
    const filled = new Float32Array(rows * frames);
    for (let b = 0; b < rows; b++) {
      const valid = validFrames(batch, b, level.outputFrames);
      const [own, padding] = numbers(valid);
      filled.fill(own, b * frames, b * frames + valid).fill(padding, b * frames + valid, (b + 1) * frames);
    }
    return filled;
  });
}
