import { expect, test } from 'vitest';
import { experimentSchema } from '../shared/config/schema.ts';
import { describeModel } from './describeModel.ts';

const experiment = (more: object = {}) => experimentSchema.parse({ data: { train: ['a.jsonl'] }, ...more });

test('the default model', async () => {
  const facts = await describeModel(experiment());
  expect(facts.totalStride).toBe(4);
  // Two utterances of 20 s; `npm run bench:memory` holds the forecast itself to measurements.
  expect(facts.peakMemoryBytes / 2 ** 20).toBeGreaterThan(600);
  const short = experiment({ training: { batchSeconds: 10 } });
  expect((await describeModel(short)).peakMemoryBytes).toBeLessThan(0.6 * facts.peakMemoryBytes);
  expect(facts.outputFramesPerSec).toBe(25);
  // Counted by hand: filters and norms 64·9+128·64·9+256·128·9 + 2·448, projection 2560·256+256,
  // two BiLSTM layers of 2·(4·256·(input + 256) + 2·4·256), output 512·29+29.
  const blocks = 64 * 9 + 128 * 64 * 9 + 256 * 128 * 9 + 2 * 448;
  const recurrent = (input: number) => 2 * (4 * 256 * (input + 256) + 2 * 4 * 256);
  expect(facts.parameters).toBe(blocks + 2560 * 256 + 256 + recurrent(256) + recurrent(512) + 512 * 29 + 29);
  // Three 3×3 convolutions with pools of 2, 2 and 1: 3 + 1 + 4 + 2 + 8 = 18 frames of 10 ms and a 25 ms window.
  expect(facts.receptiveFieldSec).toBeCloseTo(0.17 + 0.025, 9);
  // Per second: 100 frames × 80 bins × 64·9, 50 × 40 × 128·64·9, 25 × 20 × 256·128·9, then 25 frames of matrices.
  const perFrame = 2560 * 256 + 2 * 1024 * (256 + 256) + 2 * 1024 * (512 + 256) + 512 * 29;
  const macs = 100 * 80 * 64 * 9 + 50 * 40 * 128 * 64 * 9 + 25 * 20 * 256 * 128 * 9 + 25 * perFrame;
  expect(facts.macsPerSecond / macs).toBeCloseTo(1, 2);
});

test('GRU, residuals and two convolutions per block', async () => {
  const model = { convolutionsPerBlock: 2, residual: true, rnn: { cell: 'gru' } };
  const facts = await describeModel(experiment({ model }));
  // By hand: two convolutions per block with norms, 1×1 shortcuts, projection, three gates instead of four.
  const pairs = 64 * 9 + 64 * 64 * 9 + 128 * 64 * 9 + 128 * 128 * 9 + 256 * 128 * 9 + 256 * 256 * 9 + 2 * 2 * 448;
  const shortcuts = 64 + 128 * 64 + 256 * 128;
  const recurrent = (input: number) => 2 * (3 * 256 * (input + 256) + 2 * 3 * 256);
  const rest = 2560 * 256 + 256 + recurrent(256) + recurrent(512) + 512 * 29 + 29;
  expect(facts.parameters).toBe(pairs + shortcuts + rest);
  // 3×3 convolutions see 2 frames more each, at strides 1, 1, 2, 2, 4, 4, and the pools 1 and 2.
  expect(facts.receptiveFieldSec).toBeCloseTo((1 + 4 + 1 + 8 + 2 + 16 - 1) * 0.01 + 0.025, 9);
  const perFrame = 2560 * 256 + 2 * 768 * (256 + 256) + 2 * 768 * (512 + 256) + 512 * 29;
  const blocks =
    100 * 80 * (64 * 9 + 64 * 64 * 9 + 64) +
    50 * 40 * (128 * 64 * 9 + 128 * 128 * 9 + 128 * 64) +
    25 * 20 * (256 * 128 * 9 + 256 * 256 * 9 + 256 * 128);
  expect(facts.macsPerSecond / (blocks + 25 * perFrame)).toBeCloseTo(1, 2);
});

test('the small conformer', async () => {
  const facts = await describeModel(experiment({ model: { type: 'conformer' } }));
  expect(facts.totalStride).toBe(4);
  expect(facts.outputFramesPerSec).toBe(25);
  expect(facts.receptiveFieldSec).toBe(Number.POSITIVE_INFINITY);
  // Counted by hand, d = 144: subsampling 64·9+64 + 64·64·9+64 and 64·20·d+d; per block two feed-forward modules
  // (2d + d·4d+4d + 4d·d+d), attention 2d + 4(d²+d), convolution 2d + 2d²+2d + 31d + 2d + d²+d, last norm 2d.
  const d = 144;
  const block = 2 * (2 * d + 8 * d * d + 5 * d) + (2 * d + 4 * (d * d + d)) + (38 * d + 3 * d * d) + 2 * d;
  expect(facts.parameters).toBe(640 + 64 * 64 * 9 + 64 + 1280 * d + d + 16 * block + d * 29 + 29);
  // Per second: 50 × 40 × 64·9 and 25 × 20 × 64·64·9, then 25 frames of matrices, filters and 2·250 keys of attention;
  // turning queries and keys by a product with a matrix of 36 × 36 per head comes to 2·36·d more.
  const perBlock = 23 * d * d + 31 * d + 2 * 250 * d + 2 * 36 * d;
  const macs = 50 * 40 * 64 * 9 + 25 * 20 * 64 * 64 * 9 + 25 * (1280 * d + 16 * perBlock + 29 * d);
  expect(facts.macsPerSecond! / macs).toBeCloseTo(1, 2);
});

test("the article's settings leave too few frames for English", async () => {
  const article = experiment({
    features: { fftSize: 2048, windowSamples: 2048, hopSamples: 512 },
    model: {
      blocks: [
        { channels: 64, pool: [2, 2] },
        { channels: 128, pool: [2, 2] },
        { channels: 256, pool: [2, 2] },
      ],
    },
  });
  const tokens = Array.from({ length: 29 }, (_, i) => 1 + (i % 26)); // 14.5 characters per second
  const facts = await describeModel(article, [{ durationSec: 2, tokens }]);
  expect(facts.outputFramesPerSec).toBe(16_000 / 512 / 8);
  expect(facts.ctcFeasibleShare).toBe(0);
  expect((await describeModel(experiment(), [{ durationSec: 2, tokens }])).ctcFeasibleShare).toBe(1);
});

test('feasibility is judged at the fastest speed', async () => {
  // 0.4 s are 41 frames, 10 outputs; at speed 1.1 they are 37 frames, 9 outputs.
  const utterances = [{ durationSec: 0.4, tokens: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10] }];
  expect((await describeModel(experiment(), utterances)).ctcFeasibleShare).toBe(0);
  const slow = experiment({ augment: { speed: [1] } });
  expect((await describeModel(slow, utterances)).ctcFeasibleShare).toBe(1);
});
