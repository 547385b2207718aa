import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { openAudio, readMono } from '../src/dsp/audioFile.ts';
import { memorySource } from '../src/dsp/byteSource.ts';
import { createFeatureExtractor } from '../src/dsp/features.ts';
import { planLogMel } from '../src/dsp/logMelPlan.ts';
import { featuresSchema } from '../src/shared/config/featuresSchema.ts';
import type { FeatureSpec } from '../src/shared/config/schema.ts';
import { createRandom } from '../src/shared/random.ts';
import { audibleDifference } from '../test/melFixture.ts';
import { createFftJsMel } from './fftJsMel.ts';

// Log-mel of 75 clips of 8 s and of one file of 10 minutes, one thread each: this project, fft.js and torchaudio in
// turn within every round; ratios of medians. `ASR_PYTHON` names a Python that has torchaudio.
const clipCount = 75;
const clipSamples = 8 * 16_000;
const rounds = Number(process.env.ROUNDS ?? 7);
const bars = { torchaudio: 1, fftJs: 3.5 };

const settings: { name: string; spec: FeatureSpec }[] = [
  { name: '512(400)/160', spec: featuresSchema.parse({ normalization: 'none' }) },
  {
    name: '2048/512, max, 80 dB, [-1, 1]',
    spec: featuresSchema.parse({
      fftSize: 2048,
      windowSamples: 2048,
      hopSamples: 512,
      reference: 'max',
      topDb: 80,
      scale: 'minusOneToOne',
      normalization: 'none',
    }),
  },
  { name: 'fbank', spec: featuresSchema.parse({ type: 'fbank', normalization: 'none' }) },
  { name: 'mfcc', spec: featuresSchema.parse({ type: 'mfcc', normalization: 'none' }) },
];

const recording = await readSpeech();
const clips = Array.from({ length: clipCount }, (_, i) => recording.subarray(i * clipSamples, (i + 1) * clipSamples));
const inputs = { clips, file: [recording] };
const folder = mkdtempSync(join(tmpdir(), 'asr-bench-'));
try {
  await compare();
} finally {
  rmSync(folder, { recursive: true });
}

async function compare(): Promise<void> {
  const samplesFile = join(folder, 'samples.f32');
  writeFileSync(samplesFile, recording);
  const torch = await startTorch(samplesFile);
  for (const { name, spec } of settings) {
    const extractor = await createFeatureExtractor(spec);
    const baseline = spec.type === 'logMel' ? createFftJsMel(planLogMel(spec)) : undefined;
    for (const [input, sounds] of Object.entries(inputs)) {
      const times = { own: [] as number[], fftJs: [] as number[], torchaudio: [] as number[] };
      for (let round = 0; round <= rounds; round++) {
        const own = seconds(() => sounds.forEach((sound) => void extractor.extract(sound)));
        const fftJs = baseline && seconds(() => sounds.forEach((sound) => void baseline(sound)));
        const torchaudio = await torch?.ask({ do: 'time', spec, input });
        if (round === 0) continue; // warms every side up
        times.own.push(own);
        if (fftJs !== undefined) times.fftJs.push(fftJs);
        if (torchaudio) times.torchaudio.push(Number(torchaudio.sec));
      }
      report(`${name}, ${input === 'clips' ? '75 × 8 s' : '10 min'}`, times);
    }
    if (torch) await reportParity(torch, samplesFile, spec, extractor.extract);
  }
  torch?.end();
}

function report(name: string, times: { own: number[]; fftJs: number[]; torchaudio: number[] }): void {
  const own = median(times.own);
  console.log(`${name}: ${(1000 * own).toFixed(1)} ms, ${(recording.length / 16_000 / own).toFixed(0)}× real time`);
  const ratio = (peer: 'torchaudio' | 'fftJs') => {
    if (times[peer].length === 0) return console.log(`  ${peer}: not measured`);
    const value = median(times[peer]) / own;
    if (value < bars[peer]) process.exitCode = 1;
    return console.log(`  ${value.toFixed(2)}× ${peer} (${value < bars[peer] ? 'MISSED, ' : ''}bar ${bars[peer]}×)`);
  };
  ratio('torchaudio');
  if (times.fftJs.length > 0) ratio('fftJs');
}

async function reportParity(
  torch: Torch,
  file: string,
  spec: FeatureSpec,
  extract: (s: Float32Array) => { data: Float32Array },
) {
  await torch.ask({ do: 'write', spec });
  const difference = (name: string) => {
    const bytes = Uint8Array.from(readFileSync(`${file}.${name}`));
    const expected = new Float32Array(bytes.buffer);
    const size = expected.length / clipCount;
    const each = clips.map((clip, i) => {
      const own = extract(clip).data;
      const reference = expected.subarray(i * size, (i + 1) * size);
      if (spec.type === 'logMel') return audibleDifference(own, reference, spec);
      return reference.reduce((most, value, at) => Math.max(most, Math.abs(value - own[at]!)), 0);
    });
    return Math.max(...each).toExponential(1);
  };
  const [what, unit] = spec.type === 'logMel' ? [' above −80 dB', ' dB'] : ['', ''];
  console.log(
    `  largest difference${what}: ${difference('double')}${unit} to torchaudio in float64, ${difference('single')}${unit} in float32`,
  );
}

interface Torch {
  ask(command: object): Promise<Record<string, unknown>>;
  end(): void;
}

async function startTorch(samplesFile: string): Promise<Torch | undefined> {
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  for (const python of [process.env.ASR_PYTHON ?? 'python3', '/usr/bin/python3']) {
    const script = join(import.meta.dirname, 'features_torch.py');
    const child = spawn(python, [script, samplesFile, String(clipCount)], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    child.on('error', () => {}); // no such program: its output ends at once
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const answer = async () => (await lines.next()).value as string | undefined;
    const versions = await answer();
    if (versions === undefined) continue;
    console.log(`${python} ${versions}`);
    return {
      async ask(command) {
        child.stdin.write(`${JSON.stringify(command)}\n`);
        return JSON.parse((await answer())!);
      },
      end: () => child.stdin.end(),
    };
  }
  console.log('No Python with torchaudio (set ASR_PYTHON): only fft.js is measured.');
  return undefined;
}

/** Ten minutes of recorded speech, or noise where the test recordings are missing. */
async function readSpeech(): Promise<Float32Array> {
  const speech = new Float32Array(clipCount * clipSamples);
  const corpus = join(import.meta.dirname, '../../shared/data/an4/wav');
  let filled = 0;
  try {
    const files = readdirSync(corpus, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.wav'));
    for (const file of files.sort()) {
      const clip = await openAudio(memorySource(readFileSync(join(corpus, file))));
      const samples = await readMono(clip, 0, Math.min(clip.info.frames, speech.length - filled));
      speech.set(samples, filled);
      filled += samples.length;
      if (filled === speech.length) break;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  const random = createRandom('bench');
  if (filled < speech.length)
    console.log(`Noise for ${((speech.length - filled) / 16_000).toFixed(0)} s without recordings.`);
  for (; filled < speech.length; filled++) speech[filled] = 0.1 * random.normal();
  return speech;
}

function seconds(run: () => void): number {
  const started = performance.now();
  run();
  return (performance.now() - started) / 1000;
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}
