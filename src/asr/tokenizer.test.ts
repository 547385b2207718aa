import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCharTokenizer, createTokenizer, decodeTokens, nameCharacter } from './tokenizer.ts';

const config = { case: 'upper', keep: "ABCDEFGHIJKLMNOPQRSTUVWXYZ' " } as const;
const tokenizer = createCharTokenizer(config);

test('the default alphabet has 29 tokens, the blank first', () => {
  expect(tokenizer.vocabulary).toHaveLength(29);
  expect(tokenizer.vocabulary.slice(0, 3)).toEqual(['<blank>', 'A', 'B']);
});

test('text of the alphabet comes back normalised', () => {
  const text = fc
    .string({ unit: fc.constantFrom(...config.keep, 'a', 'z'), minLength: 1 })
    .filter((s) => s.trim() !== '');
  fc.assert(
    fc.property(text, (written) => {
      const encoded = tokenizer.encode(written);
      if ('problem' in encoded) throw new Error(encoded.problem.message);
      expect(encoded.tokens.every((token) => token > 0 && token < 29)).toBe(true);
      expect(tokenizer.decode(encoded.tokens)).toBe(written.toUpperCase().trim().replace(/ +/g, ' '));
    }),
  );
});

test('a vocabulary with pieces cuts words into them, the first word too', () => {
  const pieces = createTokenizer(['<blank>', 'A', 'B', ' ', ' A', 'BB', ' AB'], config);
  const spelt = (text: string) => {
    const { tokens } = pieces.encode(text) as { tokens: Int32Array };
    return [...tokens].map((token) => pieces.vocabulary[token]);
  };
  expect(spelt('ab  a bab')).toEqual([' AB', ' A', ' ', 'B', 'A', 'B']);
  // " A" comes before " AB" and takes the A; "BB" comes before " AB", which then is out of reach.
  expect(spelt('abb')).toEqual([' A', 'BB']);
  expect(pieces.decode([6, 4, 3, 2])).toBe('AB A B');
  expect(pieces.encode('AC')).toMatchObject({ problem: { code: 'oov', message: expect.stringContaining('"C"') } });
  expect(pieces.encode(' ')).toMatchObject({ problem: { code: 'empty-text' } });
});

test.each(['', '  ', '\n'])('%j is an empty transcript', (text) => {
  expect(tokenizer.encode(text)).toMatchObject({ problem: { code: 'empty-text' } });
});

test('characters outside the alphabet are named once each, invisible ones by code point', () => {
  const encoded = tokenizer.encode('a1-1é\u200b');
  expect(encoded).toMatchObject({ problem: { code: 'oov', severity: 'error' } });
  const { message } = (encoded as { problem: { message: string } }).problem;
  expect(message).toContain('"1", "-", "É" (U+00C9), U+200B;');
  const many = tokenizer.encode('1234567890') as { problem: { message: string } };
  expect(many.problem.message).toContain('and 2 more');
});

test('a space outside the alphabet is named in words', () => {
  const encoded = createCharTokenizer({ case: 'upper', keep: 'AB' }).encode('a b');
  expect(encoded).toMatchObject({ problem: { message: expect.stringContaining('alphabet: space;') } });
});

test('decoding skips blanks and unknown indices', () => {
  expect(decodeTokens(tokenizer.vocabulary, [0, 1, 0, 2, 99])).toBe('AB');
  expect(nameCharacter('\u0007')).toBe('U+0007');
});
