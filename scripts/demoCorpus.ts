import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import createEspeak, { type Synthesizer } from '@echogarden/espeak-ng-emscripten';
import { renderUtterance } from '../src/asr/manifest.ts';
import { loadResampler } from '../src/dsp/resample.ts';
import { writeWav } from '../src/dsp/writeWav.ts';
import { createRandom, type Random } from '../src/shared/random.ts';

export interface DemoCorpusOptions {
  /** Folder for `wav/`, `train.jsonl` and `dev.jsonl`. */
  folder: string;
  seed: number;
  trainUtterances: number;
  devUtterances: number;
  progress(done: number, all: number): void;
}

const sampleRateHz = 16_000;

/** Accents and throats of eSpeak NG: each pair is a speaker of the training part. */
const trainAccents = ['en-us', 'en-gb-x-rp', 'en-gb-scotland', 'en-029', 'en-us-nyc'];
const trainThroats = ['m1', 'f1', 'm3', 'f2', 'm4', 'f3', 'm7', 'f4', 'm8', 'Andrea'];
/** Throats that are never trained on. */
const devVoices = ['en-us+m6', 'en-gb-x-gbclan+f5', 'en-gb-x-rp+m6', 'en-us-nyc+f5'];
const trainVoices = trainAccents.flatMap((accent) => trainThroats.map((throat) => `${accent}+${throat}`));

const rooms = ['KITCHEN', 'BEDROOM', 'GARDEN', 'HALL'];
const things = ['LIGHT', 'FAN', 'MUSIC', 'HEATER'];
const numbers = ['ONE', 'TWO', 'THREE', 'FOUR', 'FIVE', 'SIX', 'SEVEN', 'EIGHT', 'NINE'];

/**
 * A small corpus of spoken commands in several synthetic voices, the same for the same seed: 16 kHz WAV files and two
 * manifests. Neither the voices nor the sentences of the development part are in the training part.
 */
export async function makeDemoCorpus(options: DemoCorpusOptions): Promise<void> {
  const { folder, seed, trainUtterances, devUtterances } = options;
  const espeak = await createEspeak();
  const synthesizer = new espeak.eSpeakNGWorker();
  const resampler = await loadResampler();
  mkdirSync(join(folder, 'wav'), { recursive: true });
  const all = trainUtterances + devUtterances;
  let done = 0;
  for (const [part, voices, count] of [
    ['train', trainVoices, trainUtterances],
    ['dev', devVoices, devUtterances],
  ] as const) {
    const lines: string[] = [];
    for (let i = 0; i < count; i++) {
      const random = createRandom('demo corpus', seed, part, i);
      const voice = voices[random.below(voices.length)]!;
      const text = drawCommand(random, part === 'dev');
      const spoken = speak(synthesizer, text, voice, random);
      const native = synthesizer.samplerate;
      const samples = withRoom(resampler.resample(spoken, native, sampleRateHz), random);
      const audioFilepath = `wav/${part}-${String(i).padStart(4, '0')}.wav`;
      writeFileSync(join(folder, audioFilepath), writeWav([samples], sampleRateHz));
      const durationSec = Math.round((samples.length / sampleRateHz) * 1e4) / 1e4;
      lines.push(renderUtterance({ audioFilepath, text, durationSec, speaker: voice }));
      options.progress(++done, all);
    }
    writeFileSync(join(folder, `${part}.jsonl`), `${lines.join('\n')}\n`);
  }
}

/** A command of the part's own: one sentence in six is kept for development. */
function drawCommand(random: Random, heldOut: boolean): string {
  for (;;) {
    const text = drawSentence(random);
    if ((createRandom('held out', text).below(6) === 0) === heldOut) return text;
  }
}

function drawSentence(random: Random): string {
  const pick = (words: readonly string[]) => words[random.below(words.length)]!;
  switch (random.below(4)) {
    case 0:
      return `TURN ${pick(['ON', 'OFF'])} THE ${pick(rooms)} ${pick(things)}`;
    case 1:
      return `SET THE ${pick(things)} TO ${pick(numbers)}`;
    case 2:
      return `${pick(['OPEN', 'CLOSE'])} THE ${pick(rooms)} ${pick(['DOOR', 'WINDOW'])}`;
    default:
      return Array.from({ length: 2 + random.below(3) }, () => pick(numbers)).join(' ');
  }
}

function speak(synthesizer: Synthesizer, text: string, voice: string, random: Random): Float32Array {
  synthesizer.set_voice(voice);
  synthesizer.set_rate(110 + random.below(50));
  synthesizer.set_pitch(30 + random.below(45));
  synthesizer.set_range(30 + random.below(50));
  const chunks: Int16Array[] = [];
  // A true value of the callback would stop the voice.
  synthesizer.synthesize(text.toLowerCase(), (audio) => {
    chunks.push(new Int16Array(audio.slice(0)));
  });
  const samples = new Float32Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) for (const value of chunk) samples[at++] = value / 32768;
  return samples;
}

/** A level and a noise floor of its own for each recording, since a voice in perfect silence would teach the wrong thing. */
function withRoom(samples: Float32Array, random: Random): Float32Array {
  let peak = 1e-9;
  for (const value of samples) peak = Math.max(peak, Math.abs(value));
  const gain = (0.3 + 0.5 * random.next()) / peak;
  const noise = 10 ** (-(45 + 20 * random.next()) / 20);
  return samples.map((value) => value * gain + noise * 0.3 * random.normal());
}
