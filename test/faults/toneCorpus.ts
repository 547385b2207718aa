import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWav } from '../../src/dsp/writeWav.ts';
import { createRandom } from '../../src/shared/random.ts';

const alphabet = 'abcd';
const sampleRateHz = 8000;

/** A corpus that a tiny model can learn: each letter is a tone of 150 ms. Returns the manifest's path. */
export function writeToneCorpus(directory: string, name: string, utterances: number): string {
  const random = createRandom('tones', name);
  mkdirSync(join(directory, name), { recursive: true });
  const lines: string[] = [];
  for (let n = 0; n < utterances; n++) {
    const text = Array.from({ length: 1 + random.below(3) }, () => alphabet[random.below(alphabet.length)]!).join('');
    const samples = new Float32Array(Math.round((0.15 * text.length + 0.1) * sampleRateHz));
    [...text].forEach((letter, position) => {
      const hz = 400 * 1.6 ** alphabet.indexOf(letter);
      const start = Math.round((0.05 + 0.15 * position) * sampleRateHz);
      for (let i = 0; i < 0.12 * sampleRateHz; i++)
        samples[start + i] = 0.3 * Math.sin((2 * Math.PI * hz * i) / sampleRateHz);
    });
    for (let i = 0; i < samples.length; i++) samples[i] = samples[i]! + 0.003 * random.normal();
    const file = `${name}/${n}.wav`;
    writeFileSync(join(directory, file), writeWav([samples], sampleRateHz));
    lines.push(JSON.stringify({ audio_filepath: file, text, duration: samples.length / sampleRateHz }));
  }
  const manifest = join(directory, `${name}.jsonl`);
  writeFileSync(manifest, `${lines.join('\n')}\n`);
  return manifest;
}

/** A run of a few seconds with all that makes resuming hard: dropout, masks, speeds, batch norm, a schedule, a dev set. */
export function writeToneConfig(directory: string, epochs: number, more: Record<string, unknown> = {}): string {
  writeToneCorpus(directory, 'train', 60);
  writeToneCorpus(directory, 'dev', 12);
  const config = {
    name: 'tones',
    data: { train: ['train.jsonl'], dev: ['dev.jsonl'] },
    text: { case: 'lower', keep: alphabet },
    features: { sampleRateHz, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24 },
    model: {
      blocks: [{ channels: 8, pool: [2, 2] }],
      norm: 'batch',
      rnn: { hiddenSize: 16, layers: 1, projection: 16 },
      dropout: 0.2,
    },
    optimizer: { learningRate: 0.01 },
    training: { epochs, batchSeconds: 3, checkpointEverySec: 0.3, threads: 1 },
    ...more,
  };
  const file = join(directory, 'tones.asr.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}
