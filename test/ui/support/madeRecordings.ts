import * as fs from 'node:fs';
import { writeWav } from '../../../src/dsp/writeWav.ts';

const sampleRateHz = 16_000;

/** A tone that glides from one pitch to another, the same number of octaves in each second. */
export interface Chirp {
  durationSec: number;
  fromHz: number;
  toHz: number;
}

export const chirpHz = ({ durationSec, fromHz, toHz }: Chirp, sec: number): number =>
  fromHz * (toHz / fromHz) ** (sec / durationSec);

export function makeChirp(chirp: Chirp): Uint8Array {
  const samples = new Float32Array(chirp.durationSec * sampleRateHz);
  const octaves = Math.log(chirp.toHz / chirp.fromHz);
  for (let i = 0; i < samples.length; i++) {
    const share = i / samples.length;
    // The integral of the frequency.
    const cycles = (chirp.fromHz * chirp.durationSec * Math.expm1(octaves * share)) / octaves;
    samples[i] = 0.5 * Math.sin(2 * Math.PI * cycles);
  }
  return writeWav([samples], sampleRateHz);
}

export const makeSilence = (durationSec: number): Uint8Array =>
  writeWav([new Float32Array(durationSec * sampleRateHz)], sampleRateHz);

/** A long recording without holding it in memory: one minute, again and again. */
export function writeLongRecording(file: string, minutes: number): void {
  const minute = writeWav([glidingMinute()], sampleRateHz);
  const headerBytes = minute.length - 60 * sampleRateHz * 2;
  const header = Buffer.from(minute.subarray(0, headerBytes));
  const dataBytes = (minute.length - headerBytes) * minutes;
  header.writeUInt32LE(headerBytes + dataBytes - 8, 4);
  header.writeUInt32LE(dataBytes, headerBytes - 4);
  const descriptor = fs.openSync(file, 'w');
  try {
    fs.writeSync(descriptor, header);
    for (let i = 0; i < minutes; i++) fs.writeSync(descriptor, minute, headerBytes);
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Two gliding tones that come and go. */
function glidingMinute(): Float32Array {
  const samples = new Float32Array(60 * sampleRateHz);
  let [low, high] = [0, 0];
  for (let i = 0; i < samples.length; i++) {
    const sec = i / sampleRateHz;
    low += (300 + 200 * Math.sin(sec / 3)) / sampleRateHz;
    high += (3000 + 1500 * Math.sin(sec / 7)) / sampleRateHz;
    const loudness = 0.3 * (1 + Math.sin((2 * Math.PI * sec) / 10));
    samples[i] = loudness * (0.7 * Math.sin(2 * Math.PI * low) + 0.3 * Math.sin(2 * Math.PI * high));
  }
  return samples;
}
