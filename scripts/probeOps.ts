import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { ErasedSample, OpDefinition } from '../src/graph/defineOp.ts';
import { createGraph } from '../src/graph/graph.ts';
import { writeOnnx } from '../src/graph/onnx/writeOnnx.ts';
import { ops } from '../src/graph/ops/index.ts';
import { contentOf, sizeOf } from '../test/numeric/sampleContent.ts';
import { softwareVulkan } from '../test/numeric/softwareVulkan.ts';

// Where WebGPU runs each op, asked of the runtime itself: every sample as a model of its own, its values compared with
// the CPU's, the node's place read from the profile. Each op in a process of its own, because some end it.
//   npm run probe:ops              all ops
//   npm run probe:ops -- lstm gru  these only
type Outcome = 'gpu' | 'cpu' | 'wrong' | 'fails';
export type OpPlaces = Partial<Record<Outcome, string[]>>;

const file = join(import.meta.dirname, '../src/graph/deviceSupport.json');
/** Both sides round; the samples' sums are short. */
const tolerance = 1e-4;

if (process.argv[2] === '--child') await probeInside(process.argv[3]!);
else await probeAll(process.argv.slice(2));

async function probeAll(names: readonly string[]): Promise<void> {
  const wanted = names.length > 0 ? names : Object.keys(ops);
  const known: Record<string, OpPlaces> = names.length > 0 ? JSON.parse(readFileSync(file, 'utf8')).webgpu : {};
  for (const name of wanted) {
    known[name] = await probe(name);
    console.log(name.padEnd(20), JSON.stringify(known[name]));
  }
  const webgpu = Object.fromEntries(Object.entries(known).sort(([a], [b]) => (a < b ? -1 : 1)));
  const found = { onnxruntime: env.versions.node, adapter: 'SwiftShader (Vulkan)', webgpu };
  writeFileSync(file, `${JSON.stringify(found, undefined, 2)}\n`);
}

/** Title and content of each model to try: optional outputs make a difference to some providers. */
function triesOf({ samples, requiredOutputs }: OpDefinition) {
  return samples.flatMap((sample) => [
    { title: sample.title, sample, outputs: Number.POSITIVE_INFINITY },
    ...(requiredOutputs === undefined
      ? []
      : [{ title: `${sample.title}, required outputs alone`, sample, outputs: requiredOutputs }]),
  ]);
}

/** A sample whose process ends without a word failed; the ones after it run in a new process. */
async function probe(name: string): Promise<OpPlaces> {
  const places: OpPlaces = {};
  const titles = triesOf(ops[name]!).map(({ title }) => title);
  let done = 0;
  const note = (outcome: Outcome) => {
    places[outcome] = [...(places[outcome] ?? []), titles[done]!];
    done++;
  };
  while (done < titles.length) {
    const output = await childOutput([name, String(done)]);
    for (const line of output.split('\n')) if (line.startsWith('> ')) note(line.slice(2) as Outcome);
    if (done < titles.length) note('fails');
  }
  return places;
}

function childOutput(args: string[]): Promise<string> {
  const child = spawn(process.execPath, [import.meta.filename, '--child', ...args], {
    env: { ...process.env, ...softwareVulkan() },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(output));
  });
}

async function probeInside(name: string): Promise<void> {
  const op = ops[name]!;
  for (const { sample, outputs } of triesOf(op).slice(Number(process.argv[4]))) {
    const { bytes, feeds } = modelOf(sample, outputs);
    const expected = await run(bytes, feeds, 'cpu');
    const found = await run(bytes, feeds, 'webgpu').catch(() => undefined);
    console.log(`> ${found ? judge(op.onnx, expected, found) : 'fails'}`);
  }
}

function modelOf(sample: ErasedSample, outputCount: number) {
  const graph = createGraph();
  const inputs = sample.inputs.map((input, i) => graph.input(`x${i}`, input.shape, input.dtype));
  const outputs = sample.build(inputs).slice(0, outputCount);
  const bytes = writeOnnx({ outputs: Object.fromEntries(outputs.map((value, i) => [`y${i}`, value])) });
  const feeds = sample.inputs.map((input, i) => {
    const shape = input.shape.map((dim) => sizeOf(dim, input.sizes));
    const numbers = contentOf(input, i);
    const dtype = input.dtype ?? 'float32';
    const data = dtype === 'int64' ? numbers.map(BigInt) : [...numbers];
    return [`x${i}`, new Tensor(dtype as 'float32', data as number[], shape)] as const;
  });
  return { bytes, feeds: Object.fromEntries(feeds) };
}

interface Run {
  values: number[][];
  /** Provider of each node, by ONNX operator. */
  places: { op: string; provider: string }[];
}

async function run(bytes: Uint8Array, feeds: Record<string, Tensor>, provider: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'asr-probe-'));
  try {
    const session = await InferenceSession.create(bytes, {
      executionProviders: [provider],
      graphOptimizationLevel: 'disabled',
      logSeverityLevel: 4,
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    const wanted = Object.fromEntries(session.inputNames.map((input) => [input, feeds[input]!]));
    const results = await session.run(wanted);
    session.endProfiling();
    const values = session.outputNames.map((output) => Array.from(results[output]!.data as Float32Array, Number));
    await session.release();
    return { values, places: placesIn(join(folder, readdirSync(folder)[0]!)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function placesIn(profile: string): Run['places'] {
  const events: { cat: string; args?: { op_name?: string; provider?: string } }[] = JSON.parse(
    readFileSync(profile, 'utf8'),
  );
  return events.flatMap(({ cat, args }) =>
    cat === 'Node' && args?.provider ? [{ op: args.op_name ?? '', provider: args.provider }] : [],
  );
}

function judge(onnx: string, expected: Run, found: Run): Outcome {
  const close = expected.values.every((values, i) =>
    values.every((value, j) => Math.abs(value - found.values[i]![j]!) <= tolerance * Math.max(1, Math.abs(value))),
  );
  if (!close) return 'wrong';
  const own = found.places.filter(({ op }) => op === onnx);
  return own.length > 0 && own.every(({ provider }) => provider === 'WebGpuExecutionProvider') ? 'gpu' : 'cpu';
}
