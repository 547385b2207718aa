import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { UserError } from '../../shared/problem.ts';
import type { Evaluation } from '../../training/executor.ts';
import type { InferenceBatch, ModelAdapter } from './protocol.ts';

/**
 * Log-probabilities with the blank first, from a model of any layout. Each utterance goes in alone and unpadded: what a
 * stranger's graph does with padding is unknown, and an utterance's result must not depend on its batch.
 * Throws a UserError where the model does not give what its mapping says.
 */
export async function runAdapted(
  session: InferenceSession,
  batch: InferenceBatch,
  adapter: ModelAdapter,
): Promise<Evaluation> {
  const rows: RowResult[] = [];
  for (let row = 0; row < batch.batch; row++) rows.push(await runRow(session, rowOf(batch, row), adapter));
  const outputFrames = Math.max(1, ...rows.map(({ frames }) => frames));
  const size = adapter.vocabularySize;
  const logProbabilities = new Float32Array(rows.length * outputFrames * size);
  for (const [row, { values }] of rows.entries()) logProbabilities.set(values, row * outputFrames * size);
  return { logProbabilities, outputFrames, lengths: Int32Array.from(rows, ({ frames }) => frames) };
}

interface RowInput {
  /** [mels, time] */
  features: Float32Array;
  mels: number;
  time: number;
}

interface RowResult {
  values: Float32Array; // [frames, vocabulary]
  frames: number;
}

function rowOf({ input, mels, time, lengths }: InferenceBatch, row: number): RowInput {
  const own = lengths[row]!;
  const features = new Float32Array(mels * own);
  for (let mel = 0; mel < mels; mel++) {
    const from = (row * mels + mel) * time;
    features.set(input.subarray(from, from + own), mel * own);
  }
  return { features, mels, time: own };
}

async function runRow(session: InferenceSession, row: RowInput, adapter: ModelAdapter): Promise<RowResult> {
  const feeds: Record<string, Tensor> = { [adapter.input.name]: arranged(row, adapter.input.layout) };
  const { inputLengths: lengths } = adapter;
  if (lengths) feeds[lengths.name] = lengthTensor(lengths.dtype, row.time);
  const wanted = [adapter.output.name, ...(adapter.outputLengths ? [adapter.outputLengths] : [])];
  const results = await session.run(feeds, wanted);
  const result = readOutput(results[adapter.output.name]!, adapter);
  const said = adapter.outputLengths ? Number(results[adapter.outputLengths]!.data[0]) : result.frames;
  const frames = Math.max(0, Math.min(result.frames, said));
  return { values: result.values.subarray(0, frames * adapter.vocabularySize), frames };
}

function lengthTensor(dtype: 'int32' | 'int64', length: number): Tensor {
  return dtype === 'int64'
    ? new Tensor('int64', BigInt64Array.of(BigInt(length)), [1])
    : new Tensor('int32', Int32Array.of(length), [1]);
}

function arranged({ features, mels, time }: RowInput, layout: ModelAdapter['input']['layout']): Tensor {
  switch (layout) {
    case 'waveform':
      return new Tensor('float32', features, [1, time]);
    case 'batch,1,bins,time':
      return new Tensor('float32', features, [1, 1, mels, time]);
    case 'batch,bins,time':
      return new Tensor('float32', features, [1, mels, time]);
    case 'batch,time,bins': {
      const turned = Float32Array.from(features, (_, i) => features[(i % mels) * time + Math.floor(i / mels)]!);
      return new Tensor('float32', turned, [1, time, mels]);
    }
  }
}

/** Where frame and unit stand among the axes of an output of one utterance. */
const axes = {
  'batch,time,vocabulary': [1, 2],
  'time,batch,vocabulary': [0, 2],
  'batch,vocabulary,time': [2, 1],
} as const;

function readOutput({ data, dims, type }: Tensor, { output, blank, vocabularySize: size }: ModelAdapter): RowResult {
  const [timeAxis, unitAxis] = axes[output.layout];
  const frames = dims[timeAxis] ?? 0;
  const shape = `[${dims.join(', ')}]`;
  if (type !== 'float32') throw new UserError(`the output "${output.name}" is ${type}; float32 is expected`);
  if (dims.length !== 3 || dims[unitAxis] !== size || frames * size !== data.length)
    throw new UserError(
      `the output "${output.name}" has the shape ${shape} for one utterance; [${output.layout}] with ${size} units is expected`,
    );
  const given = data as Float32Array;
  const values = new Float32Array(data.length);
  for (let frame = 0; frame < frames; frame++)
    for (let unit = 0; unit < size; unit++) {
      const from = timeAxis < unitAxis ? frame * size + unit : unit * frames + frame;
      const to = unit === blank ? 0 : unit < blank ? unit + 1 : unit;
      values[frame * size + to] = given[from]!;
    }
  toLogProbabilities(values, size, output.kind);
  return { values, frames };
}

const leastProbability = 1e-30;

function toLogProbabilities(values: Float32Array, size: number, kind: ModelAdapter['output']['kind']): void {
  if (kind === 'logProbabilities') return;
  if (kind === 'probabilities') {
    for (let i = 0; i < values.length; i++) values[i] = Math.log(Math.max(values[i]!, leastProbability));
    return;
  }
  for (let start = 0; start < values.length; start += size) {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = start; i < start + size; i++) top = Math.max(top, values[i]!);
    let sum = 0;
    for (let i = start; i < start + size; i++) sum += Math.exp(values[i]! - top);
    const shift = top + Math.log(sum);
    for (let i = start; i < start + size; i++) values[i]! -= shift;
  }
}
