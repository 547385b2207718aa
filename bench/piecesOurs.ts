import { InferenceSession, Tensor } from 'onnxruntime-node';
import { gradients } from '../src/graph/autodiff.ts';
import { writeOnnx } from '../src/graph/onnx/writeOnnx.ts';
import { mul, reduceSum } from '../src/graph/ops/index.ts';
import type { Value } from '../src/graph/value.ts';
import type { Batch } from '../src/nn/batch.ts';
import { lstm } from '../src/nn/layers/lstm.ts';
import { createStepContext, type StepContext } from '../src/nn/layers/stepContext.ts';
import { ctcLoss } from '../src/nn/losses/ctc.ts';
import { createAdamwMemory } from '../src/nn/optimizers/adamwMemory.ts';
import { createRandom } from '../src/shared/random.ts';
import type { PieceBench } from './pieces.ts';
import { serveSteps } from './sides.ts';

/** Our side of bench/pieces.ts: one forward and backward pass, or one update, per line on stdin. */
const bench = JSON.parse(process.argv[2]!) as PieceBench & { threads: number };
const random = createRandom('bench', 'pieces');
const normals = (count: number, scale = 1) => Float32Array.from({ length: count }, () => scale * random.normal());
const sizeOf = (value: Value) => value.shape.reduce<number>((product, dim) => product * Number(dim), 1);

/** A step that runs the graph `build` makes and fetches every output into memory of its own. */
async function graphStep(
  { frames, batch, tokens }: { frames: number; batch: number; tokens: Int32Array[] },
  build: (context: StepContext) => { outputs: Record<string, Value>; inputs: Record<string, Float32Array> },
): Promise<() => Promise<void>> {
  const maxTokens = Math.max(...tokens.map((list) => list.length));
  const { context, makeFeeds } = createStepContext({ batch, frames, maxTokens }, true);
  const { outputs, inputs } = build(context);
  const session = await InferenceSession.create(writeOnnx({ outputs }), {
    graphOptimizationLevel: 'extended',
    enableMemPattern: false,
    intraOpNumThreads: bench.threads,
  });
  const data = { batch, frames, frameCounts: new Int32Array(batch).fill(frames), tokens } as Batch;
  const fetches: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(outputs)) {
    fetches[name] = new Tensor('float32', new Float32Array(sizeOf(value)), value.shape.map(Number));
  }
  let step = 0;
  return async () => {
    const feeds: Record<string, Tensor> = {};
    for (const input of context.graph.inputs) {
      const name = input.source.kind === 'input' ? input.source.name : '';
      if (inputs[name]) feeds[name] = new Tensor('float32', inputs[name], input.shape.map(Number));
    }
    for (const [name, feed] of Object.entries(makeFeeds(data, { seed: 1, step }))) {
      feeds[name] = new Tensor(feed.dtype as 'float32', feed.data as Float32Array, feed.shape);
    }
    await session.run(feeds, fetches);
    step++;
  };
}

function lstmStep({ frames, batch, inputs: width, hidden, layers }: Extract<PieceBench, { piece: 'lstm' }>) {
  const tokens = Array.from({ length: batch }, () => Int32Array.of(1));
  return graphStep({ frames, batch, tokens }, (context) => {
    const { graph } = context;
    const inputs: Record<string, Float32Array> = {};
    const input = (name: string, shape: number[], scale: number) => {
      const value = graph.input(name, shape);
      inputs[name] = normals(sizeOf(value), scale);
      return value;
    };
    const x = input('x', [frames, batch, width], 1);
    const level = { name: '0', frames, outputFrames: (count: number) => count };
    const wrt = [x];
    let y = x;
    for (let layer = 0; layer < layers; layer++) {
      const tensor = (name: string, shape: number[]) => input(`${name}${layer}`, shape, 1 / Math.sqrt(hidden));
      const tensors = {
        inputWeight: tensor('inputWeight', [Number(y.shape[2]), 8 * hidden]),
        recurrentWeight: tensor('recurrentWeight', [2, hidden, 4 * hidden]),
        inputBias: tensor('inputBias', [8 * hidden]),
        recurrentBias: tensor('recurrentBias', [8 * hidden]),
      };
      wrt.push(...Object.values(tensors));
      y = lstm(context, level, y, tensors);
    }
    const seed = input('seed', [frames, batch, 2 * hidden], 1);
    const grads = gradients(reduceSum(mul(y, seed), [0, 1, 2]), wrt);
    return { outputs: Object.fromEntries(grads.map((grad, i) => [`d${i}`, grad])), inputs };
  });
}

function ctcStep({ frames, batch, vocabulary, tokens: count }: Extract<PieceBench, { piece: 'ctc' }>) {
  const tokens = Array.from({ length: batch }, () =>
    Int32Array.from({ length: count }, () => 1 + random.below(vocabulary - 1)),
  );
  return graphStep({ frames, batch, tokens }, (context) => {
    const logits = context.graph.input('logits', [frames, batch, vocabulary]);
    const level = { name: '0', frames, outputFrames: (all: number) => all };
    const losses = ctcLoss(context, level, logits);
    const [gradient] = gradients(reduceSum(losses, [0]), [logits]);
    return { outputs: { losses, gradient: gradient! }, inputs: { logits: normals(frames * batch * vocabulary) } };
  });
}

function adamwStep({ sizes }: Extract<PieceBench, { piece: 'adamw' }>) {
  let total = 0;
  const entries = sizes.map((size, i) => {
    const entry = { name: `${i}`, shape: [size, 1], offset: total, size, weightDecay: true, initial: { fill: 0 } };
    total += size;
    return entry;
  });
  const memory = createAdamwMemory({ entries, total });
  memory.parameters.set(normals(total));
  memory.gradient.set(normals(total));
  let update = 0;
  return async () => {
    update++;
    memory.update({ learningRate: 1e-3, weightDecay: 0.01, update });
  };
}

async function prepare(): Promise<() => Promise<void>> {
  switch (bench.piece) {
    case 'lstm':
      return lstmStep(bench);
    case 'ctc':
      return ctcStep(bench);
    case 'adamw':
      return adamwStep(bench);
  }
}

await serveSteps(await prepare());
process.exit();
