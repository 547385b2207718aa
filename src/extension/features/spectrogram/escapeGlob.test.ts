import { matchesGlob } from 'node:path';
import { describe, expect, it } from 'vitest';
import { escapeGlob } from './escapeGlob.ts';

describe('a file name as a pattern', () => {
  it.each(['plain.wav', 'take [2].wav', 'what?*.wav', '{a,b}.wav', '[!x].wav'])('%s matches itself alone', (name) => {
    const pattern = escapeGlob(name);
    expect(matchesGlob(name, pattern)).toBe(true);
    for (const other of ['take 2.wav', 'whatever.wav', 'a.wav', 'y.wav', `${name}x`]) {
      expect(matchesGlob(other, pattern)).toBe(false);
    }
  });
});
