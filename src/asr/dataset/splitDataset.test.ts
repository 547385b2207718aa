import { expect, test } from 'vitest';
import { createRandom } from '../../shared/random.ts';
import { type SplitItem, splitDataset } from './splitDataset.ts';

/** Speakers of very different sizes and habits. */
function corpus(speakers: number, seed = 1): (SplitItem & { id: number })[] {
  const random = createRandom('corpus', seed);
  return Array.from({ length: speakers }, (_, speaker) => {
    const longest = 2 + random.next() * 14;
    return Array.from({ length: 3 + random.below(40) }, () => ({
      id: 0,
      speaker: `s${speaker}`,
      text: ['yes', 'no', 'stop'][random.below(3)]!,
      durationSec: 0.5 + random.next() * longest,
    }));
  })
    .flat()
    .map((item, id) => ({ ...item, id }));
}

const secondsOf = (items: readonly SplitItem[]) => items.reduce((sum, { durationSec = 0 }) => sum + durationSec, 0);
const shares = { train: 0.8, dev: 0.1, test: 0.1 };

test.each([1, 2, 3, 4, 5])('no speaker is in two parts, nobody is lost, and shares are met (corpus %i)', (seed) => {
  const items = corpus(60, seed);
  const parts = splitDataset(items, { shares, seed });
  const all = Object.values(parts).flat();
  expect(all.map(({ id }) => id).sort((a, b) => a - b)).toEqual(items.map(({ id }) => id));
  const speakers = Object.values(parts).map((part) => new Set(part.map(({ speaker }) => speaker)));
  expect(speakers.reduce((sum, { size }) => sum + size, 0)).toBe(60);
  for (const [name, share] of Object.entries(shares))
    expect(secondsOf(parts[name]!) / secondsOf(items), name).toBeCloseTo(share, 1.7);
});

test('short and long utterances are as frequent in each part', () => {
  const items = corpus(60);
  const parts = splitDataset(items, { shares, seed: 1 });
  const shareOfLong = (part: readonly SplitItem[]) =>
    secondsOf(part.filter(({ durationSec = 0 }) => durationSec > 8)) / secondsOf(part);
  const whole = shareOfLong(items);
  for (const part of Object.values(parts)) expect(Math.abs(shareOfLong(part) - whole)).toBeLessThan(0.08);
});

test('with stratify: text, each command is as frequent in each part', () => {
  // Each speaker says one word only, so that chance alone would not do it.
  const items = Array.from({ length: 300 }, (_, id) => ({
    ...{ id, durationSec: 1, speaker: `s${id % 30}` },
    text: ['yes', 'no', 'stop'][(id % 30) % 3]!,
  }));
  const parts = splitDataset(items, { shares: { train: 0.8, dev: 0.2 }, seed: 3, stratify: 'text' });
  for (const word of ['yes', 'no', 'stop']) expect(parts.dev!.filter(({ text }) => text === word)).toHaveLength(20);
});

test('the seed decides, and the order of the lines does not', () => {
  const items = Array.from({ length: 100 }, (_, id) => ({ id, text: 'a', speaker: `s${id % 20}`, durationSec: 1 }));
  const devOf = (from: typeof items, seed: number) =>
    splitDataset(from, { shares, seed })
      .dev!.map(({ id }) => id)
      .sort((a, b) => a - b);
  expect(devOf([...items].reverse(), 7)).toEqual(devOf(items, 7));
  expect(devOf(items, 8)).not.toEqual(devOf(items, 7));
});

test('every part gets a speaker, even when one has nearly everything', () => {
  const items = ['a', 'a', 'a', 'a', 'b', 'c'].map((speaker, i) => ({
    ...{ text: 'x', speaker },
    durationSec: i < 4 ? 1000 : 1,
  }));
  const parts = splitDataset(items, { shares, seed: 1 });
  expect(Object.values(parts).every((part) => part.length > 0)).toBe(true);
});

test('data without speakers is divided by utterances when that is asked for', () => {
  const items = Array.from({ length: 50 }, (_, i) => ({ text: 'x', durationSec: 1 + (i % 5) }));
  expect(() => splitDataset(items, { shares, seed: 1 })).toThrow('have no speaker');
  const parts = splitDataset(items, { shares, seed: 1, ignoreSpeakers: true });
  expect([parts.train!.length, parts.dev!.length, parts.test!.length]).toEqual([40, 5, 5]);
});

test.each([
  ['one speaker', [{ text: 'x', speaker: 'a' }], shares, 'only one speaker'],
  ['fewer speakers than parts', ['a', 'b'].map((speaker) => ({ text: 'x', speaker })), shares, 'only 2 speakers'],
  ['one part', corpus(4), { train: 1, dev: 0 }, 'at least two parts'],
])('%s cannot be split', (_, items: SplitItem[], parts, message) => {
  expect(() => splitDataset(items, { shares: parts as Record<string, number>, seed: 1 })).toThrow(message);
});

test('a large corpus takes a moment only', { timeout: 60_000 }, () => {
  const items = Array.from({ length: 100_000 }, (_, i) => ({
    ...{ text: `t${i}`, durationSec: 1 + (i % 17) },
    speaker: `s${i % 2500}`,
  }));
  const parts = splitDataset(items, { shares, seed: 1 });
  expect(secondsOf(parts.dev!) / secondsOf(items)).toBeCloseTo(0.1, 2);
});
