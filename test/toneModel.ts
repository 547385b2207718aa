import { createFeatureExtractor } from '../src/dsp/features.ts';
import { writeWav } from '../src/dsp/writeWav.ts';
import { renderMetadata } from '../src/engine/model/modelMetadata.ts';
import { createGraph } from '../src/graph/graph.ts';
import { writeOnnx } from '../src/graph/onnx/writeOnnx.ts';
import { add, identity, logSoftmax, matMul, squeeze, transpose } from '../src/graph/ops/index.ts';
import { featuresSchema } from '../src/shared/config/featuresSchema.ts';

/** Words of a language of tones, with their frequencies. */
export const toneWords = { seven: 450, two: 900, nine: 1600, 'o"clock': 2400, été: 3200 } as const;
export type ToneWord = keyof typeof toneWords;

const rateHz = 8000;
const toneSec = 0.2;
const pauseSec = 0.1;
const features = featuresSchema.parse({
  ...{ sampleRateHz: rateHz, fftSize: 256, windowSamples: 200, hopSamples: 80, mels: 24, normalization: 'none' },
});

/** Samples in which each word sounds for 0.2 s, the first at 0.1 s, with pauses of 0.1 s around. */
export function toneSamples(words: readonly ToneWord[]): Float32Array {
  const sec = pauseSec + words.length * (toneSec + pauseSec);
  return Float32Array.from({ length: Math.round(sec * rateHz) }, (_, i) => {
    const at = i / rateHz - pauseSec;
    const index = Math.floor(at / (toneSec + pauseSec));
    const sounding = at >= 0 && at - index * (toneSec + pauseSec) < toneSec && index < words.length;
    return sounding ? 0.5 * Math.sin((2 * Math.PI * toneWords[words[index]!] * i) / rateHz) : 0;
  });
}

export const toneWav = (words: readonly ToneWord[]): Uint8Array => writeWav([toneSamples(words)], rateHz);

/**
 * A CTC model whose weights are known instead of learnt: a word's logit is the level of its band, the blank's a threshold
 * below the level of the tones. So what it must hear is known without it. `names` stand for the words, in their order; each begins with `lead`.
 */
export async function toneModel(names: readonly string[] = Object.keys(toneWords), lead = ' '): Promise<Uint8Array> {
  const extractor = await createFeatureExtractor(features);
  const vocabulary = ['', ...names.map((word) => `${lead}${word}`)];
  const weights = new Float32Array(features.mels * vocabulary.length);
  let threshold = Number.POSITIVE_INFINITY;
  for (const [index, word] of (Object.keys(toneWords) as ToneWord[]).entries()) {
    const { data } = extractor.extract(toneSamples([word]));
    const frame = Math.round(((pauseSec + toneSec / 2) * rateHz) / features.hopSamples);
    const levels = Array.from({ length: features.mels }, (_, bin) => data[frame * features.mels + bin]!);
    const loudest = levels.indexOf(Math.max(...levels));
    weights[loudest * vocabulary.length + index + 1] = 1;
    threshold = Math.min(threshold, levels[loudest]! - 6);
  }
  const bias = new Float32Array(vocabulary.length);
  bias[0] = threshold;
  const graph = createGraph();
  const input = graph.input('input', ['batch', 1, features.mels, 'time']);
  const inputLengths = graph.input('inputLengths', ['batch'], 'int64');
  const frames = transpose(squeeze(input, [1]), [0, 2, 1]);
  const logits = add(
    matMul(frames, graph.constant(weights, [features.mels, vocabulary.length])),
    graph.constant(bias, [vocabulary.length]),
  );
  const metadata = renderMetadata({
    ...{ name: 'tones', vocabulary, features, statistics: null, timeStride: 1, engineVersion: '0' },
    text: { case: 'as-is', keep: [...new Set(names.join(' '))].join('') },
  });
  return writeOnnx({
    outputs: { output: logSoftmax(logits, 2), outputLengths: identity(inputLengths) },
    metadata,
  });
}
