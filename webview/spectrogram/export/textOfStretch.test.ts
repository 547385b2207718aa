import { describe, expect, it } from 'vitest';
import type { AnnotationSet } from '../../../src/shared/protocol/spectrogramAnnotations.ts';
import { textOfStretch } from './textOfStretch.ts';

const item = (id: number, startSec: number, endSec: number, text: string) => ({ id, startSec, endSec, text });
const tier = (role: 'reference' | 'labels', items: ReturnType<typeof item>[]) => ({
  ...{ id: role, name: role, role, kind: 'interval' as const, file: 'a.jsonl', format: 'manifest' as const },
  ...{ can: { text: true, times: true, items: true }, items },
});
const setOf = (...tiers: ReturnType<typeof tier>[]): AnnotationSet => ({
  version: 1,
  dirty: false,
  problems: [],
  tiers,
});
const words = ['one', 'two', 'three'].map((text, i) => ({ text, startSec: i, endSec: i + 0.9 }));
const transcripts = [{ startSec: 0, endSec: 3, text: 'one two three', model: 'm', words }];

describe('what is said in a stretch', () => {
  it('is what lies in it with its middle, from who knows best', () => {
    const reference = tier('reference', [item(1, 0, 1, 'eins'), item(2, 1, 2, 'zwei'), item(3, 5, 6, 'drei')]);
    const labels = tier('labels', [item(1, 0, 2, 'noise'), item(2, 2, 3, ' cough ')]);
    const set = setOf(labels, reference);
    expect(textOfStretch({ startSec: 0, endSec: 1.6 }, set, transcripts)).toBe('eins zwei');
    expect(textOfStretch({ startSec: 2.1, endSec: 3 }, set, transcripts)).toBe('cough');
    expect(textOfStretch({ startSec: 0.6, endSec: 2.5 }, undefined, transcripts)).toBe('two three');
  });

  it('is nothing where nothing is known', () => {
    expect(textOfStretch({ startSec: 10, endSec: 11 }, setOf(), transcripts)).toBe('');
  });

  it('is the whole text of a transcript without times', () => {
    const whole = [{ startSec: 0, endSec: 3, text: 'all of it', model: 'm', words: [] }];
    expect(textOfStretch({ startSec: 1, endSec: 2 }, undefined, whole)).toBe('all of it');
  });
});
