import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCharTokenizer } from '../src/asr/tokenizer.ts';
import { loadResampler } from '../src/dsp/resample.ts';
import { renderMetadata } from '../src/engine/model/modelMetadata.ts';
import { findRecordings } from '../src/engine/transcribe/findRecordings.ts';
import { buildInferenceGraph } from '../src/nn/inferenceGraph.ts';
import { layoutParameters } from '../src/nn/models/index.ts';
import { initializeBuffers, initializeParameters } from '../src/nn/parameterLayout.ts';
import { featureBins, timeStride } from '../src/shared/config/derived.ts';
import { experimentSchema } from '../src/shared/config/schema.ts';
import { readClip } from '../src/training/data/clipReader.ts';
import { option } from './sides.ts';

/**
 * Transcribes a folder of recordings and two long ones with a model of the preset `small` (whose speed does not depend on
 * its weights), and prints real-time factor, padding and the peak memory of engine and graph process. Exits with 1 over a
 * bar. `npm run bench:transcribe [-- --folder ../shared/data/an4/wav --threads 2 --hours 1]`
 */
const bars = { realTimeFactor: 0.02, longerAddsBytes: 50e6 };
const folder = option('folder', fileURLToPath(new URL('../../shared/data/an4/wav', import.meta.url)));
const threads = option('threads', '2');
const hours = Number(option('hours', '1'));
const engine = fileURLToPath(new URL('../dist/engine.js', import.meta.url));

interface Answer {
  recordings: number;
  audioSec: number;
  seconds: number;
  realTimeFactor: number;
  paddingShare: number;
}

const directory = mkdtempSync(join(tmpdir(), 'asr-transcribe-'));
try {
  const model = join(directory, 'small.onnx');
  writeFileSync(model, smallModel());
  const many = await measure(model, folder, 'folder');
  const quarter = await measure(model, await longRecording(hours / 4), `${hours / 4} h`);
  const whole = await measure(model, await longRecording(hours), `${hours} h`);
  const added = whole.engineBytes - quarter.engineBytes;
  console.log(`four times the length adds ${(added / 1e6).toFixed(0)} MB to the engine`);
  const over = [
    ...(many.realTimeFactor > bars.realTimeFactor ? [`real-time factor ${many.realTimeFactor.toFixed(4)}`] : []),
    ...(added > bars.longerAddsBytes ? ['memory grows with length'] : []),
  ];
  console.log(over.length > 0 ? `over the bar: ${over.join(', ')}` : 'all within the bars');
  process.exitCode = over.length > 0 ? 1 : 0;
} finally {
  rmSync(directory, { recursive: true });
}

function smallModel(): Uint8Array {
  const experiment = experimentSchema.parse({ data: { train: ['none'], dev: ['none'] } });
  const { vocabulary } = createCharTokenizer(experiment.text);
  const spec = {
    config: experiment.model,
    bins: featureBins(experiment.features),
    vocabularySize: vocabulary.length,
  };
  const layout = layoutParameters(spec);
  const metadata = {
    ...{ name: 'bench', vocabulary: [...vocabulary], features: experiment.features, text: experiment.text },
    ...{ statistics: null, timeStride: timeStride(experiment.model), engineVersion: 'bench' },
  };
  return buildInferenceGraph(spec, {
    layout,
    parameters: initializeParameters(layout, 1),
    buffers: initializeBuffers(layout),
    metadata: renderMetadata(metadata),
  });
}

/** The folder's recordings one after the other, again and again, as 16-bit WAV. */
async function longRecording(lengthHours: number): Promise<string> {
  const { files } = await findRecordings([folder]);
  const resampler = await loadResampler();
  const samples = Math.round(lengthHours * 3600 * 16_000);
  const file = join(directory, `${lengthHours}.wav`);
  const header = Buffer.alloc(44);
  header.write('RIFF....WAVEfmt ', 0, 'latin1');
  header.writeUInt32LE(36 + 2 * samples, 4);
  for (const [at, value] of [
    [16, 16],
    [24, 16_000],
    [28, 32_000],
    [40, 2 * samples],
  ] as const)
    header.writeUInt32LE(value, at);
  header.set([1, 0, 1, 0], 20);
  header.set([2, 0, 16, 0], 32);
  header.write('data', 36, 'latin1');
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, header);
  for (let written = 0, i = 0; written < samples; i++) {
    const clip = await readClip({ file: files[i % files.length]! }, 16_000, resampler);
    const part = Int16Array.from(clip.subarray(0, samples - written), (value) => value * 32767);
    writeSync(descriptor, new Uint8Array(part.buffer));
    written += part.length;
  }
  closeSync(descriptor);
  return file;
}

async function measure(model: string, audio: string, name: string): Promise<Answer & { engineBytes: number }> {
  const out = join(directory, 'out.jsonl');
  rmSync(out, { force: true });
  const args = [engine, 'transcribe', model, audio, '--out', out, '--threads', threads, '--json'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });
  let [engineBytes, graphBytes, cpuSec] = [0, 0, 0];
  const timer = setInterval(() => {
    const graphs = childrenOf(child.pid!);
    engineBytes = Math.max(engineBytes, peakBytes(child.pid!));
    graphBytes = Math.max(graphBytes, ...graphs.map(peakBytes));
    cpuSec = Math.max(
      cpuSec,
      [child.pid!, ...graphs].map(cpuSecOf).reduce((a, b) => a + b),
    );
  }, 100);
  const code = await new Promise<number | null>((done) => child.once('close', done));
  clearInterval(timer);
  if (code !== 0) throw new Error(`the engine ended with ${code}`);
  const answer = JSON.parse(text) as Answer;
  const mb = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
  console.log(
    `${name}: ${answer.recordings} recordings, ${(answer.audioSec / 60).toFixed(1)} min in ${answer.seconds.toFixed(1)} s, ` +
      `real-time factor ${answer.realTimeFactor.toFixed(4)} (${(cpuSec / answer.audioSec).toFixed(4)} s of processor time per second), padding ${(100 * answer.paddingShare).toFixed(1)} %, ` +
      `engine ${mb(engineBytes)}, graph process ${mb(graphBytes)}`,
  );
  return { ...answer, engineBytes };
}

/** Highest resident memory so far; 0 where the system does not say. */
function peakBytes(pid: number): number {
  const file = `/proc/${pid}/status`;
  if (!existsSync(file)) return 0;
  return 1024 * Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8').trim().split(' ').filter(Boolean).map(Number);
}

/** Processor time so far, which a busy machine does not stretch as it does the clock; 0 where the system does not say. */
function cpuSecOf(pid: number): number {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return 0;
  const fields = readFileSync(file, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}
