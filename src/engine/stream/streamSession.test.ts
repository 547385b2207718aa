import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { talkativeModel } from '../../../test/talkativeModel.ts';
import { decodeGreedy } from '../../asr/ctcGreedy.ts';
import { wordsOf } from '../../asr/words.ts';
import { createFeatureExtractor } from '../../dsp/features.ts';
import { createRandom } from '../../shared/random.ts';
import type { OpenedModel } from '../model/openModel.ts';
import { createRecognizer } from '../model/recognizer.ts';
import { toInput } from '../ort/batchInput.ts';
import { openStreamModel, type StreamModel, whySegmented } from './streamModel.ts';
import { createStreamSession, type StreamOptions, type StreamResult } from './streamSession.ts';

const rate = 16_000;

/** Bursts of noise of changing colour, with pauses of zeros. */
function bursts(seconds: number): Float32Array {
  const random = createRandom('bursts');
  let smooth = 0;
  return Float32Array.from({ length: seconds * rate }, (_, i) => {
    const part = Math.floor(i / (0.3 * rate));
    smooth += (0.02 + 0.9 * ((part * 0.37) % 1)) * (random.normal() - smooth);
    return part % 7 > 3 ? 0 : 0.3 * smooth;
  });
}

async function hear(model: StreamModel, samples: Float32Array, options: StreamOptions, piece: number) {
  const session = await createStreamSession(model, options);
  const results: StreamResult[] = [];
  for (let at = 0; at < samples.length; at += piece)
    results.push(...(await session.push(samples.subarray(at, at + piece))));
  results.push(...(await session.finish()));
  await session.dispose();
  return { results, lookAheadSec: session.lookAheadSec };
}

const finalWords = (results: readonly StreamResult[]) =>
  results.filter(({ kind }) => kind === 'final').flatMap(({ words }) => words);
const textsOf = (words: readonly { text: string }[]) => words.map(({ text }) => text);

describe('a session with a model of one direction', () => {
  const opened = talkativeModel(false);
  const samples = bursts(6.1);
  let model: StreamModel;
  beforeAll(async () => {
    model = await openStreamModel(opened, 1);
  }, 60_000);
  afterAll(() => model?.dispose());

  test('says what the whole recording at once gives, whatever the chunks', async () => {
    const recognizer = await createRecognizer(opened, 1);
    const expected = await recognizer.recognize(samples, 0);
    await recognizer.dispose();
    expect(expected.words.length).toBeGreaterThan(5);
    expect(model.mode).toBe('streaming');
    expect(model.problems).toEqual([]);
    for (const [chunkMs, piece] of [
      [160, 2560],
      [100, 777],
      [730, 100_000],
    ] as const) {
      const { results, lookAheadSec } = await hear(model, samples, { chunkMs, silenceMs: 60_000 }, piece);
      // An output frame sees [−1, 2] before the second pool and convolution and [−3, 6] before the first; its own are
      // 0 to 3. Half a window of features is 256 samples.
      expect(lookAheadSec).toBeCloseTo(0.03 + 0.016, 6);
      const words = finalWords(results);
      expect([chunkMs, textsOf(words)]).toEqual([chunkMs, textsOf(expected.words)]);
      for (const [i, word] of words.entries()) {
        expect(word.startSec).toBeCloseTo(expected.words[i]!.startSec, 6);
        expect(word.confidence).toBeCloseTo(expected.words[i]!.confidence, 3);
      }
    }
    // Without look-ahead it is another text: the test above can fail.
    const hasty = await hear(model, samples, { chunkMs: 90, lookAheadMs: 0, silenceMs: 60_000 }, 2560);
    expect(textsOf(finalWords(hasty.results))).not.toEqual(textsOf(expected.words));
  });

  test('tells partial texts whose settled part only grows, and finals where it is quiet', async () => {
    const { results } = await hear(model, samples, { silenceMs: 200 }, 2560);
    const finals = results.filter(({ kind }) => kind === 'final');
    expect(finals.length).toBeGreaterThan(1);
    let shown = '';
    for (const { kind, text, settledLength, startSec, endSec, heardSec } of results) {
      expect(text.startsWith(shown)).toBe(true);
      expect(endSec).toBeGreaterThanOrEqual(startSec);
      expect(endSec).toBeLessThanOrEqual(heardSec);
      if (kind === 'final') expect(settledLength).toBe(text.length);
      shown = kind === 'final' ? '' : text.slice(0, settledLength);
    }
    for (let i = 1; i < finals.length; i++) expect(finals[i]!.startSec).toBeGreaterThan(finals[i - 1]!.endSec);
  });

  test('keeps several sessions of one model apart', async () => {
    const alone = finalWords((await hear(model, samples, {}, 2560)).results);
    const [first, second] = await Promise.all([createStreamSession(model), createStreamSession(model)]);
    const heard: StreamResult[] = [];
    for (let at = 0; at < samples.length; at += 2560) {
      const [own] = await Promise.all([
        first.push(samples.subarray(at, at + 2560)),
        second.push(samples.subarray(at, at + 1000)),
      ]);
      heard.push(...own);
    }
    heard.push(...(await first.finish()));
    expect(finalWords(heard)).toEqual(alone);
    await Promise.all([first.dispose(), first.dispose(), second.dispose()]);
    await expect(second.push(samples)).rejects.toThrow('has ended');
  });

  test('takes streams of nothing and of a single sample', async () => {
    for (const length of [0, 1, 200])
      expect((await hear(model, new Float32Array(length), {}, 2560)).results).toEqual([]);
  });
});

test('a model of two directions is segmented and says why; a window over all of it gives the whole', async () => {
  const model = await openStreamModel(talkativeModel(true, { sampleRateHz: 11_025 }), 1);
  const samples = bursts(1.9);
  const { results } = await hear(model, samples, { lookAheadMs: 5000, silenceMs: 60_000 }, 2560);
  expect(model.mode).toBe('segmented');
  expect(model.problems).toMatchObject([{ code: 'bilstm-stream', severity: 'warning' }]);
  expect(model.problems[0]!.message).toContain('model.rnn.bidirectional: false');
  const { frames, bins, data } = model.extractor.extract(samples);
  const frameCounts = Int32Array.of(frames);
  const batch = { features: data, batch: 1, frames, bins, frameCounts, tokens: [], ids: [] };
  const { logProbabilities, lengths } = await model.client.call('infer', toInput(batch));
  const { vocabulary } = model.metadata;
  const whole = decodeGreedy(logProbabilities, lengths[0]!, vocabulary.length);
  const expected = wordsOf(whole, vocabulary, { secondsPerFrame: model.secondsPerFrame });
  expect(expected.length).toBeGreaterThan(1);
  expect(textsOf(finalWords(results))).toEqual(textsOf(expected));
  // A narrow window is something else.
  const narrow = await hear(model, samples, { lookAheadMs: 0, silenceMs: 60_000 }, 2560);
  expect(textsOf(finalWords(narrow.results))).not.toEqual(textsOf(expected));
  await model.dispose();
});

test('exported graphs and features of the whole clip are segmented too', async () => {
  const ofClip = talkativeModel(false, { normalization: 'utterance' });
  const codeOf = async (model: OpenedModel) =>
    whySegmented(model, await createFeatureExtractor(model.metadata.features))?.code;
  expect(await codeOf(ofClip)).toBe('features-not-streamable');
  const { weights: _, experiment: __, ...exported } = talkativeModel(false);
  expect(await codeOf(exported)).toBe('export-stream');
  expect(await codeOf(talkativeModel(false))).toBeUndefined();
});
