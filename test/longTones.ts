import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWav } from '../src/dsp/writeWav.ts';
import { createRandom } from '../src/shared/random.ts';

/** So many parts has the manifest, of this length. */
export const parts = 1000;
const partSec = 0.4;

/** Writes a long recording of tones and a manifest of its parts. */
export function writeLongTones(directory: string): { long: string; manifest: string } {
  const random = createRandom('long');
  const rate = 8000;
  const samples = new Float32Array(parts * partSec * rate);
  // Tones of 120 ms at any time, with pauses at which it can be cut.
  for (let at = 0; at + 4000 < samples.length; at += 1200 + random.below(2400)) {
    const hz = 400 * 1.6 ** random.below(4);
    for (let i = 0; i < 960; i++) samples[at + i] = 0.3 * Math.sin((2 * Math.PI * hz * i) / rate);
  }
  const long = join(directory, 'long.wav');
  writeFileSync(long, writeWav([samples.map((x) => x + 0.003 * random.normal())], rate));
  const manifest = join(directory, 'parts.jsonl');
  const lines = Array.from({ length: parts }, (_, i) =>
    JSON.stringify({ audio_filepath: 'long.wav', offset: i * partSec, duration: 0.3 + 0.2 * random.next() }),
  );
  writeFileSync(manifest, `${lines.join('\n')}\n`);
  return { long, manifest };
}
