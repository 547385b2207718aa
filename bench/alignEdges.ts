import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseManifest } from '../src/asr/manifest.ts';
import { loadResampler } from '../src/dsp/resample.ts';
import { writeWav } from '../src/dsp/writeWav.ts';
import { createRandom } from '../src/shared/random.ts';
import { readClip } from '../src/training/data/clipReader.ts';
import { option } from './sides.ts';

/**
 * Joins recordings of single words with pauses of known length over faint noise, aligns the result with a model and
 * prints how far the edges of words are from the truth.
 * `npm run bench:align -- --model <run> [--words ../shared/data/digits/train.jsonl] [--utterances 60] [--noise 0.0005]`
 */
const rate = 16_000;
const manifest = option('words', fileURLToPath(new URL('../../shared/data/digits/train.jsonl', import.meta.url)));
const count = Number(option('utterances', '60'));
const noise = Number(option('noise', '0.0005'));
const model = option('model', '');
if (model === '') throw new Error('--model names the model to align with');
const random = createRandom('align edges');
const resampler = await loadResampler();
const { utterances } = parseManifest(readFileSync(manifest, 'utf8'), manifest);
const directory = mkdtempSync(join(tmpdir(), 'asr-align-'));

interface Edges {
  startSec: number;
  endSec: number;
}

/** A word from its first to its last audible sample. */
async function readWord(audioFilepath: string): Promise<Float32Array> {
  const samples = await readClip({ file: join(dirname(manifest), audioFilepath) }, rate, resampler);
  const peak = samples.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const heard = (value: number) => Math.abs(value) > 0.02 * peak;
  const part = samples.subarray(samples.findIndex(heard), samples.findLastIndex(heard) + 1);
  return part.map((value) => value / peak / 2);
}

/** Five words of one speaker with pauses of 0.25 to 0.75 s. */
async function sayFive(file: string): Promise<{ text: string; truth: Edges[] }> {
  const { speaker } = utterances[random.below(utterances.length)]!;
  // The corpus AN4, on which small models are trained, does not say "zero" but "O".
  const own = utterances.filter((one) => one.speaker === speaker && one.text !== 'zero');
  const parts: number[] = [];
  const truth: Edges[] = [];
  const words: string[] = [];
  const pause = (sec: number) => {
    for (let i = 0; i < sec * rate; i++) parts.push(0);
  };
  for (let i = 0; i < 5; i++) {
    const { audioFilepath, text } = own[random.below(own.length)]!;
    pause(0.25 + 0.5 * random.next());
    const startSec = parts.length / rate;
    for (const value of await readWord(audioFilepath)) parts.push(value);
    truth.push({ startSec, endSec: parts.length / rate });
    words.push(text);
  }
  pause(0.5);
  const samples = Float32Array.from(parts, (value) => value + noise * random.normal());
  writeFileSync(join(directory, file), writeWav([samples], rate));
  return { text: words.join(' '), truth };
}

try {
  const said: { text: string; truth: Edges[] }[] = [];
  for (let i = 0; i < count; i++) said.push(await sayFive(`${i}.wav`));
  const lines = said.map(({ text }, i) => JSON.stringify({ audio_filepath: `${i}.wav`, text }));
  writeFileSync(join(directory, 'm.jsonl'), `${lines.join('\n')}\n`);
  const engine = fileURLToPath(new URL('../dist/engine.js', import.meta.url));
  const args = [engine, 'align', model, '--manifest', join(directory, 'm.jsonl'), '--json'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (status !== 0) throw new Error(stderr);
  const found = JSON.parse(stdout) as { utterances: { line: number; words: (Edges & { score: number })[] }[] };
  const edges = found.utterances.flatMap(({ line, words }) =>
    words.flatMap(({ startSec, endSec, score }, i) => {
      const truth = said[line - 1]!.truth[i]!;
      return [startSec - truth.startSec, endSec - truth.endSec].map((sec) => ({ sec: Math.abs(sec), score }));
    }),
  );
  report('all words', edges);
  report(
    'words with a score of 0.1 and more',
    edges.filter(({ score }) => score >= 0.1),
  );
} finally {
  rmSync(directory, { recursive: true });
}

function report(what: string, edges: readonly { sec: number }[]): void {
  const errors = edges.map(({ sec }) => sec).sort((a, b) => a - b);
  const at = (share: number) => `${(1000 * (errors[Math.floor(share * (errors.length - 1))] ?? 0)).toFixed(0)} ms`;
  const within = ((100 * errors.filter((sec) => sec <= 0.05).length) / errors.length).toFixed(1);
  console.log(
    `${what}: ${errors.length} edges, half within ${at(0.5)}, 90 % within ${at(0.9)}, ${within} % within 50 ms, the worst ${at(1)} off`,
  );
}
