import { InferenceSession, Tensor } from 'onnxruntime-node';
import { expect, test } from 'vitest';
import { createFeatureExtractor } from '../../src/dsp/features.ts';
import { planFrontend } from '../../src/engine/model/planFrontend.ts';
import { createGraph } from '../../src/graph/graph.ts';
import { writeOnnx } from '../../src/graph/onnx/writeOnnx.ts';
import { frontendValues } from '../../src/nn/frontendGraph.ts';
import { featuresSchema } from '../../src/shared/config/featuresSchema.ts';
import type { FeatureSpec } from '../../src/shared/config/schema.ts';
import { createRandom } from '../../src/shared/random.ts';
import { largestDifference } from './torchFixture.ts';

const tolerance = 1e-3;

/** Noise with the level changes of speech, over some 60 dB. */
function makeClip(samples: number, seed: number): Float32Array {
  const random = createRandom('frontend test', seed);
  let smooth = 0;
  let level = 0;
  return Float32Array.from({ length: samples }, (_, i) => {
    if (i % 1300 === 0) level = 0.5 * 10 ** (-3 * random.next());
    smooth += 0.4 * (random.normal() - smooth);
    return level * smooth + 0.02;
  });
}

/** Features [frames][bins] of each clip from one batch, padded by what must not matter. */
async function inGraph(session: InferenceSession, clips: readonly Float32Array[]): Promise<Float32Array[]> {
  const samples = Math.max(...clips.map((clip) => clip.length)) + 77;
  const data = new Float32Array(clips.length * samples).fill(Number.NaN);
  for (const [row, clip] of clips.entries()) data.set(clip, row * samples);
  const lengths = BigInt64Array.from(clips, (clip) => BigInt(clip.length));
  const { features, frameCounts } = await session.run({
    waveform: new Tensor('float32', data, [clips.length, samples]),
    waveformLengths: new Tensor('int64', lengths),
  });
  const [, , bins, time] = features!.dims as [number, number, number, number];
  return Array.from(frameCounts!.data as BigInt64Array, (count, row) =>
    Float32Array.from({ length: Number(count) * bins }, (_, i) => {
      const [frame, bin] = [Math.floor(i / bins), i % bins];
      return (features!.data as Float32Array)[(row * bins + bin) * time + frame]!;
    }),
  );
}

const specs: [string, Partial<FeatureSpec>][] = [
  ['the default', {}],
  ['reflected ends, htk, a band', { padMode: 'reflect', melScale: 'htk', lowHz: 60, highHz: 7000 }],
  ['against the maximum, scaled', { reference: 'max', topDb: 80, scale: 'minusOneToOne' }],
  ['clamped, per utterance', { topDb: 60, normalization: 'utterance' }],
  ['an odd window and hop', { windowSamples: 333, hopSamples: 101, mels: 40 }],
  ['fbank', { type: 'fbank', lowHz: 20 }],
  ['mfcc, reflected', { type: 'mfcc', padMode: 'reflect', normalization: 'utterance' }],
  ['nemo', { type: 'nemo', normalization: 'utterance' }],
  ['nemo, reflected', { type: 'nemo', padMode: 'reflect', normalization: 'none' }],
];

test.each(specs)('features in the graph equal those of training: %s', async (_, given) => {
  const spec = featuresSchema.parse(given);
  const { features, frameCounts } = frontendValues(createGraph(), planFrontend(spec), 'batch');
  const bytes = writeOnnx({ outputs: { features, frameCounts } });
  const session = await InferenceSession.create(bytes, { intraOpNumThreads: 1, enableMemPattern: false });
  // 161 and 100 samples are less than half an FFT, which mirrors them several times over. Three samples mirrored are a
  // few pure lines, and what lies 100 dB below them is rounding in single precision.
  const lengths = [9000, 20_011, 161, 100, ...(spec.padMode === 'constant' ? [3] : [])];
  const clips = lengths.map(makeClip);
  const extractor = await createFeatureExtractor(spec, { kernel: 'typescript' });
  const together = await inGraph(session, clips);
  for (const [row, clip] of clips.entries()) {
    const expected = extractor.extract(clip);
    expect(together[row]!.length, `${clip.length} samples`).toBe(expected.data.length);
    const [alone] = await inGraph(session, [clip]);
    // Single precision in sums over 400 samples, against float64: bins 60 dB below the loudest lose 3 digits.
    expect(largestDifference(together[row]!, expected.data), `${clip.length} samples`).toBeLessThan(tolerance);
    expect(largestDifference(alone!, together[row]!)).toBeLessThan(tolerance);
  }
  await session.release();
});
