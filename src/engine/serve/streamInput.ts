import { type Resampler, resampledLength } from '../../dsp/resample.ts';
import { HttpError } from './httpError.ts';

export const encodings = ['pcm16', 'float32'] as const;
export type Encoding = (typeof encodings)[number];

/** Bytes of a stream, however they are cut, as samples at the model's rate. */
export interface StreamInput {
  /** Little-endian mono samples. Throws HttpError where one is not finite. */
  push(bytes: Uint8Array): Float32Array;
  /** What the filter still holds; throws HttpError where the last sample is incomplete. */
  finish(): Float32Array;
}

export function createStreamInput(encoding: Encoding, fromHz: number, toHz: number, resampler: Resampler): StreamInput {
  const sampleBytes = encoding === 'pcm16' ? 2 : 4;
  const resample = fromHz === toHz ? undefined : createStreamResampler(fromHz, toHz, resampler);
  let rest = new Uint8Array(0);
  return {
    push(bytes) {
      const all = new Uint8Array(rest.length + bytes.length);
      all.set(rest);
      all.set(bytes, rest.length);
      const count = Math.floor(all.length / sampleBytes);
      rest = all.slice(count * sampleBytes);
      const view = new DataView(all.buffer);
      const samples = new Float32Array(count);
      for (let i = 0; i < count; i++)
        samples[i] = encoding === 'pcm16' ? view.getInt16(2 * i, true) / 32768 : view.getFloat32(4 * i, true);
      if (!samples.every(Number.isFinite))
        throw new HttpError(400, 'a sample is not a finite number', { code: 'audio-not-finite' });
      return resample ? resample.push(samples) : samples;
    },
    finish() {
      if (rest.length > 0)
        throw new HttpError(400, `the stream ends within a sample (${sampleBytes} bytes each)`, {
          code: 'audio-truncated',
        });
      return resample ? resample.finish() : new Float32Array(0);
    },
  };
}

/** The filter reaches 80 samples of the lower rate to either side. */
const reach = 96;

/** The same samples as resampling the whole stream at once, given as soon as what follows cannot change them. */
function createStreamResampler(fromHz: number, toHz: number, resampler: Resampler) {
  const divisor = greatestCommonDivisor(fromHz, toHz);
  const [from, to] = [fromHz / divisor, toHz / divisor];
  const margin = Math.ceil(reach * Math.max(1, from / to));
  let native = new Float32Array(0);
  let nativeFrom = 0;
  let given = 0;
  const blockOf = (sample: number) => Math.max(0, Math.floor(sample / to) - Math.ceil(margin / from));
  const giveUntil = (end: number): Float32Array => {
    if (end <= given) return new Float32Array(0);
    const first = (nativeFrom / from) * to;
    const result = new Float32Array(end - given);
    result.set(resampler.resample(native, fromHz, toHz).subarray(given - first, end - first));
    given = end;
    const keepFrom = blockOf(given) * from;
    native = native.slice(keepFrom - nativeFrom);
    nativeFrom = keepFrom;
    return result;
  };
  return {
    push(samples: Float32Array): Float32Array {
      const joined = new Float32Array(native.length + samples.length);
      joined.set(native);
      joined.set(samples, native.length);
      native = joined;
      return giveUntil(Math.floor(((nativeFrom + native.length - margin) * to) / from));
    },
    finish: () => giveUntil(resampledLength(nativeFrom + native.length, fromHz, toHz)),
  };
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
