import { expect, test } from 'vitest';
import { createRandom } from '../shared/random.ts';
import {
  applyConfidenceMap,
  expectedCalibrationError,
  fitConfidence,
  type JudgedWord,
  reliabilityBins,
} from './confidence.ts';

/** Words that are right with probability σ(slope · logit(confidence) + intercept). */
function draw(count: number, slope: number, intercept: number, seed: string): JudgedWord[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () => {
    const confidence = 1 / (1 + Math.exp(-(2 + 2 * random.normal())));
    const z = slope * Math.log(confidence / (1 - confidence)) + intercept;
    return { confidence, right: random.next() < 1 / (1 + Math.exp(-z)) };
  });
}

const errorOf = (words: readonly JudgedWord[]) => expectedCalibrationError(reliabilityBins(words));

test('a known miscalibration is recovered, and the error of words that were not fitted on falls', () => {
  // Over-confident: a model that says 0.9 is right in 0.62 of the cases.
  const map = fitConfidence(draw(20_000, 0.5, -0.6, 'dev'))!;
  expect(map.slope).toBeCloseTo(0.5, 1);
  expect(map.intercept).toBeCloseTo(-0.6, 1);
  const test = draw(20_000, 0.5, -0.6, 'test');
  const calibrated = test.map((word) => ({ ...word, confidence: applyConfidenceMap(map, word.confidence) }));
  expect(errorOf(test)).toBeGreaterThan(0.2);
  expect(errorOf(calibrated)).toBeLessThan(0.015);
});

test('what is calibrated stays', () => {
  const map = fitConfidence(draw(20_000, 1, 0, 'calibrated'))!;
  expect(map.slope).toBeCloseTo(1, 1);
  expect(map.intercept).toBeCloseTo(0, 1);
  for (const p of [0.001, 0.3, 0.999]) expect(applyConfidenceMap({ slope: 1, intercept: 0 }, p)).toBeCloseTo(p, 9);
});

test('the gradient is zero at the fit', () => {
  const words = draw(200, 0.7, 0.3, 'small');
  const map = fitConfidence(words)!;
  const right = words.filter((word) => word.right).length;
  const residuals = words.map((word) => {
    const target = word.right ? (right + 1) / (right + 2) : 1 / (words.length - right + 2);
    return applyConfidenceMap(map, word.confidence) - target;
  });
  expect(residuals.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
  const logits = words.map(({ confidence }) => Math.log(confidence / (1 - confidence)));
  expect(residuals.reduce((sum, residual, i) => sum + residual * logits[i]!, 0)).toBeCloseTo(0, 4);
});

test('few, equal, always right or misleading words give a map that is finite and keeps the order', () => {
  const cases: JudgedWord[][] = [
    [{ confidence: 1, right: true }],
    Array.from({ length: 50 }, () => ({ confidence: 1, right: true })),
    Array.from({ length: 50 }, (_, i) => ({ confidence: 0.7, right: i % 2 === 0 })),
    [0.1, 0.4, 0.6, 0.9].map((confidence) => ({ confidence, right: confidence < 0.5 })),
    [0.1, 0.4, 0.6, 0.9].map((confidence) => ({ confidence, right: confidence > 0.5 })),
  ];
  for (const words of cases) {
    const map = fitConfidence(words)!;
    const values = [0, 0.2, 0.5, 0.8, 1].map((p) => applyConfidenceMap(map, p));
    values.forEach((value, i) => {
      expect(value).toBeGreaterThan(0);
      expect(value).toBeLessThanOrEqual(1);
      if (i > 0) expect(value).toBeGreaterThanOrEqual(values[i - 1]!);
    });
  }
  const [, , half] = cases;
  expect(applyConfidenceMap(fitConfidence(half!)!, 0.7)).toBeCloseTo(0.5, 6);
  expect(fitConfidence([])).toBeUndefined();
});

test('bins and their error, by hand', () => {
  const words = [
    { confidence: 0.05, right: false },
    { confidence: 0.95, right: true },
    { confidence: 1, right: false },
    { confidence: 0.97, right: true },
  ];
  const bins = reliabilityBins(words);
  expect(bins).toEqual([
    { lowConfidence: 0, highConfidence: 0.1, words: 1, meanConfidence: 0.05, right: 0 },
    { lowConfidence: 0.9, highConfidence: 1, words: 3, meanConfidence: expect.closeTo(2.92 / 3, 12), right: 2 },
  ]);
  expect(expectedCalibrationError(bins)).toBeCloseTo((0.05 + 0.92) / 4, 12);
  expect(expectedCalibrationError([])).toBe(0);
});
