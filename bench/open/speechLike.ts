import { closeSync, openSync, writeSync } from 'node:fs';
import { createRandom } from '../../src/shared/random.ts';

/** 16-bit mono noise whose level and colour change as in speech: syllables, pauses, no second like another. */
export function writeSpeechLike(path: string, durationSec: number, sampleRateHz: number): void {
  const file = openSync(path, 'w');
  const samples = Math.round(durationSec * sampleRateHz);
  writeSync(file, wavHeader(samples, sampleRateHz));
  const random = createRandom(1, 'recording');
  let [level, target, smooth] = [0, 0, 0];
  const block = new Int16Array(sampleRateHz);
  for (let start = 0; start < samples; start += block.length) {
    for (let i = 0; i < block.length; i++) {
      if (i % 2000 === 0) target = random.next() < 0.3 ? 0.003 : random.next() * 0.5;
      level += (target - level) * 0.002;
      smooth += (random.next() - 0.5 - smooth) * (0.1 + target);
      block[i] = Math.round(32_767 * level * smooth);
    }
    writeSync(file, Buffer.from(block.buffer, 0, 2 * Math.min(block.length, samples - start)));
  }
  closeSync(file);
}

function wavHeader(samples: number, sampleRateHz: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(sampleRateHz, 24);
  header.writeUInt32LE(sampleRateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples * 2, 40);
  return header;
}
