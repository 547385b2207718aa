import { alphabetOf } from '../shared/config/alphabet.ts';
import type { Problem } from '../shared/problem.ts';
import { normalizeText, type TextConfig } from './transcript.ts';
import { createPieceMerger, wordsWithSpaces } from './wordPieces.ts';

export const BLANK = '<blank>';

export interface Tokenizer {
  /** Index 0 is the CTC blank. */
  readonly vocabulary: readonly string[];
  /** Normalises first; an empty transcript and characters outside the alphabet are problems. */
  encode(text: string): { tokens: Int32Array } | { problem: Problem };
  /** Without spaces at the ends. */
  decode(tokens: ArrayLike<number>): string;
}

/** The tokenizer a vocabulary stands for: pieces of words when it has any, else one token per character. */
export function createTokenizer(vocabulary: readonly string[], config: Pick<TextConfig, 'case'>): Tokenizer {
  const cut = hasPieces(vocabulary) ? cutIntoPieces(vocabulary) : cutIntoCharacters(vocabulary);
  return {
    vocabulary,
    encode(text) {
      const normalized = normalizeText(text, config);
      if (normalized === '')
        return { problem: { code: 'empty-text', severity: 'error', message: 'the transcript is empty' } };
      const outside = new Set<string>();
      const tokens = cut(normalized, outside);
      return outside.size === 0 ? { tokens: Int32Array.from(tokens) } : { problem: outsideAlphabet([...outside]) };
    },
    decode: (tokens) => decodeTokens(vocabulary, tokens).trim(),
  };
}

/** One token per character (code point) of the alphabet. */
export function createCharTokenizer(config: TextConfig): Tokenizer {
  return createTokenizer([BLANK, ...alphabetOf(config)], config);
}

/** Whether units of a vocabulary are longer than a character, which is what tells bpe from char. */
export const hasPieces = (vocabulary: readonly string[]): boolean =>
  vocabulary.some((unit, index) => index > 0 && [...unit].length > 1);

/** Tokens of a normalised text; characters it cannot spell go to `outside`. */
type Cut = (text: string, outside: Set<string>) => number[];

function cutIntoCharacters(vocabulary: readonly string[]): Cut {
  const { indexOf } = createPieceMerger(vocabulary);
  return (text, outside) => spell(text, indexOf, outside);
}

/** A language has few words, most of them often; one without spaces has as many as utterances. */
const wordsKept = 100_000;

function cutIntoPieces(vocabulary: readonly string[]): Cut {
  const { indexOf, merge } = createPieceMerger(vocabulary);
  const spaced = indexOf(' ') !== undefined;
  const known = new Map<string, readonly number[]>();
  return (text, outside) =>
    wordsWithSpaces(text, spaced).flatMap((word) => {
      const before = known.get(word);
      if (before) return before;
      const characters = spell(word, indexOf, outside);
      if (outside.size > 0) return characters;
      const pieces = merge(characters);
      if (known.size >= wordsKept) known.clear();
      known.set(word, pieces);
      return pieces;
    });
}

function spell(text: string, indexOf: (character: string) => number | undefined, outside: Set<string>): number[] {
  const indices: number[] = [];
  for (const character of text) {
    const index = indexOf(character);
    if (index === undefined) outside.add(character);
    else indices.push(index);
  }
  return indices;
}

/** Text of token indices, pieces with their leading spaces; blanks are silent. */
export function decodeTokens(vocabulary: readonly string[], tokens: ArrayLike<number>): string {
  let text = '';
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i]!;
    if (token !== 0) text += vocabulary[token] ?? '';
  }
  return text;
}

/** A character as a message shows it: quoted when visible, by code point when not. */
export function nameCharacter(character: string): string {
  const code = `U+${character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`;
  if (character === ' ') return 'space';
  return /[\p{L}\p{N}\p{P}\p{S}]/u.test(character) ? `"${character}"${character > '~' ? ` (${code})` : ''}` : code;
}

function outsideAlphabet(characters: string[]): Problem {
  const named = characters.slice(0, 8).map(nameCharacter).join(', ');
  const more = characters.length > 8 ? ` and ${characters.length - 8} more` : '';
  return {
    code: 'oov',
    severity: 'error',
    message: `characters outside the alphabet: ${named}${more}; correct the transcript, or add them to text.keep`,
  };
}
