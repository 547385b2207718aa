import { customGradient } from '../../graph/customGradient.ts';
import {
  add,
  concat,
  div,
  exp,
  gather,
  log,
  logSoftmax,
  logSumExp,
  matMul,
  max,
  min,
  mul,
  neg,
  reduceMax,
  reduceMean,
  reduceSum,
  reshape,
  scan,
  slice,
  split,
  sub,
  transpose,
} from '../../graph/ops/index.ts';
import { staticShape, type Value } from '../../graph/value.ts';
import type { Batch } from '../batch.ts';
import type { TimeLevel } from '../layers/frameMasks.ts';
import { reverseTime } from '../layers/reverseTime.ts';
import { type StepContext, validFrames } from '../layers/stepContext.ts';

/** Stands for log 0: sums of a few thousand of them stay finite, and exp of it is 0. */
const impossible = -1e30;

/**
 * Connectionist temporal classification (Graves et al. 2006) with blank 0, per utterance, [batch]; −log p(tokens).
 * An utterance that cannot be spelled in its frames has loss 0 and no gradient (PyTorch's zero_infinity).
 *
 * Everything is in log space. Forward and backward variables are one scan: the backward ones are the forward ones of
 * the reversed utterance with its states reversed. The gradient is softmax − posterior of each token, where posteriors
 * are normalised per frame, so that rounding in the long sums before it cancels.
 *
 * With smoothing ε the loss is (1 − ε)·CTC + ε·Σ_t KL(uniform ‖ p_t) over the valid frames t (after Kim et al. 2018): CTC has
 * no label per frame to smooth, but its gradient then is softmax − ((1 − ε)·posterior + ε/vocabulary), which is label
 * smoothing of the posterior.
 * @param logits [frames, batch, vocabulary]
 */
export function ctcLoss(context: StepContext, level: TimeLevel, logits: Value, smoothing = 0): Value {
  const [frames, batch, vocabulary] = staticShape(logits, 'ctcLoss') as [number, number, number];
  const states = 2 * context.sizes.maxTokens + 1;
  const host = ctcInputs(context, level, { frames, batch, vocabulary, states });
  const normalised = logSoftmax(logits, -1);

  const both = concat([normalised, reverseTime(context, level, normalised)], 1);
  const perState = matMul(transpose(both, [1, 0, 2]), host.spelling); // [2·batch, frames, states]
  const emissions = transpose(perState, [1, 0, 2]); // [frames, 2·batch, states]
  const [forward, backward] = stateScores(emissions, host, batch);

  const last = gather(reshape(forward, [frames * batch, states]), host.lastRows, 0); // [batch, states]
  const likelihood = mul(logSumExp(add(last, host.terminal), -1), host.feasible); // [batch]
  const losses = smoothing === 0 ? neg(likelihood) : smoothed(neg(likelihood), normalised, host, smoothing);

  const gradient = ([grad]: readonly (Value | undefined)[]) => {
    const aligned = slice(reverseTime(context, level, backward), { axis: 2, step: -1 });
    const own = slice(emissions, { axis: 1, end: batch });
    const joint = sub(add(forward, aligned), own);
    const weights = quickExp(sub(joint, reduceMax(joint, [2], { keepDims: true })));
    const posterior = div(weights, reduceSum(weights, [2], { keepDims: true })); // [frames, batch, states]
    const spelling = slice(host.spelling, { axis: 0, end: batch });
    const occupancy = matMul(transpose(posterior, [1, 0, 2]), transpose(spelling, [0, 2, 1])); // [batch, frames, vocabulary]
    const perFrame = transpose(occupancy, [1, 0, 2]);
    const target = smoothing === 0 ? perFrame : add(mul(perFrame, 1 - smoothing), smoothing / vocabulary);
    const difference = sub(exp(normalised), target);
    return [mul(difference, mul(reshape(mul(grad!, host.feasible), [1, batch, 1]), host.valid))];
  };
  return customGradient({ outputs: [losses], inputs: [logits], gradient })[0]!;
}

/** KL(uniform ‖ p) = −log vocabulary − mean log p, summed over the valid frames of the utterances that have a loss. */
function smoothed(losses: Value, normalised: Value, host: CtcInputs, smoothing: number): Value {
  const [, batch, vocabulary] = staticShape(normalised, 'ctcLoss') as [number, number, number];
  const perFrame = add(reduceMean(normalised, [2], { keepDims: true }), Math.log(vocabulary)); // −KL
  const perUtterance = reshape(reduceSum(mul(perFrame, host.valid), [0]), [batch]);
  return sub(mul(losses, 1 - smoothing), mul(mul(perUtterance, host.feasible), smoothing));
}

/** Fewest frames that can spell `tokens`: equal neighbours need a blank between them. */
export function framesNeeded(tokens: ArrayLike<number>): number {
  let needed = tokens.length;
  for (let i = 1; i < tokens.length; i++) if (tokens[i] === tokens[i - 1]) needed++;
  return needed;
}

/**
 * eˣ for x up to 0, with what lies below e⁻⁸⁰ raised to it: too little to change a sum that holds a 1, and where exp
 * gives numbers too small to be normal it takes thirty times as long.
 */
const quickExp = (x: Value): Value => exp(max(x, -80));

/** Scores of all partial paths that end in each state at each frame, for the utterances and for their reversals. */
function stateScores(emissions: Value, host: CtcInputs, batch: number): [Value, Value] {
  const [, , states] = staticShape(emissions, 'ctcLoss') as [number, number, number];
  // Per frame the tensors are tiny, so what counts is the number of nodes: the three ways into a state are one tensor.
  const step = ([scores]: readonly Value[], [emission]: readonly Value[]) => {
    const padded = concat([host.nothing, scores!], 1); // two impossible states in front
    const fromPrevious = slice(padded, { axis: 1, start: 1, end: states + 1 });
    const fromSkip = add(slice(padded, { axis: 1, end: states }), host.skip);
    // log(eᵃ + eᵇ + eᶜ) with the largest of the three taken out: two exponentials, of numbers that are not above 0.
    const larger = max(scores!, fromPrevious);
    const top = max(larger, fromSkip);
    const second = quickExp(sub(min(scores!, fromPrevious), top));
    const third = quickExp(sub(min(larger, fromSkip), top));
    const next = add(add(log(add(add(second, third), 1)), top), emission!);
    return { states: [next], outputs: [next] };
  };
  const { outputs } = scan({ states: [host.start], inputs: [emissions], step });
  const [forward, backward] = split(outputs[0]!, [batch, batch], 1);
  return [forward!, backward!];
}

type CtcInputs = ReturnType<typeof ctcInputs>;

/** What the loss needs from the transcripts; states are blank, token, blank, token, …, blank. */
function ctcInputs(
  context: StepContext,
  level: TimeLevel,
  size: { frames: number; batch: number; vocabulary: number; states: number },
) {
  const { frames, batch, vocabulary, states } = size;
  const floats = (
    name: string,
    shape: number[],
    empty: number,
    fill: (row: UtteranceRow, data: Float32Array) => void,
  ) =>
    context.hostInput(`ctc.${name}`, shape, 'float32', (data) => {
      const filled = new Float32Array(shape.reduce((product, dim) => product * dim, 1)).fill(empty);
      for (let b = 0; b < batch; b++) fill(utteranceRow(data, b, level), filled);
      return filled;
    });
  return {
    /** One-hot token of each state, [2·batch, vocabulary, states]; reversed utterances with their states at the end. */
    spelling: floats('spelling', [2 * batch, vocabulary, states], 0, ({ b, labels }, data) => {
      for (const [state, label] of labels.entries()) {
        data[(b * vocabulary + label) * states + state] = 1;
        data[((batch + b) * vocabulary + label) * states + states - 1 - state] = 1;
      }
    }),
    /** 0 where a blank may be skipped to reach a state. */
    skip: floats('skip', [2 * batch, states], impossible, ({ b, labels }, data) => {
      for (let state = 3; state < labels.length; state += 2) {
        if (labels[state] === labels[state - 2]) continue;
        data[b * states + state] = 0;
        data[(batch + b) * states + states - 1 - (state - 2)] = 0;
      }
    }),
    /** Before the first frame the path stands in the first state. */
    start: floats('start', [2 * batch, states], impossible, ({ b, labels }, data) => {
      data[b * states] = 0;
      data[(batch + b) * states + states - labels.length] = 0;
    }),
    /** 0 in the two states a path may end in. */
    terminal: floats('terminal', [batch, states], impossible, ({ b, labels }, data) => {
      for (let state = Math.max(0, labels.length - 2); state < labels.length; state++) data[b * states + state] = 0;
    }),
    feasible: floats('feasible', [batch], 0, ({ b, labels, valid }, data) => {
      data[b] = valid > 0 && valid >= framesNeeded(labels.filter((label) => label !== 0)) ? 1 : 0;
    }),
    valid: floats('valid', [frames, batch, 1], 0, ({ b, valid }, data) => {
      for (let t = 0; t < valid; t++) data[t * batch + b] = 1;
    }),
    lastRows: context.hostInput('ctc.lastRows', [batch], 'int64', (data) =>
      BigInt64Array.from({ length: batch }, (_, b) =>
        BigInt(Math.max(0, utteranceRow(data, b, level).valid - 1) * batch + b),
      ),
    ),
    nothing: context.graph.constant(new Float32Array(4 * batch).fill(impossible), [2 * batch, 2]),
  };
}

interface UtteranceRow {
  b: number;
  /** Token of each state. */
  labels: number[];
  valid: number;
}

function utteranceRow(data: Batch, b: number, level: TimeLevel): UtteranceRow {
  const tokens = b < data.batch ? data.tokens[b]! : new Int32Array(0);
  const labels = Array.from({ length: 2 * tokens.length + 1 }, (_, state) => (state % 2 ? tokens[state >> 1]! : 0));
  return { b, labels, valid: validFrames(data, b, level.outputFrames) };
}
