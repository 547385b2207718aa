import type { Problem } from '../shared/problem.ts';
import { alphabetOf, normalizeText, type TextConfig } from './transcript.ts';

export const BLANK = '<blank>';

export interface Tokenizer {
  /** Index 0 is the CTC blank. */
  readonly vocabulary: readonly string[];
  /** Normalises first; an empty transcript and characters outside the alphabet are problems. */
  encode(text: string): { tokens: Int32Array } | { problem: Problem };
  decode(tokens: ArrayLike<number>): string;
}

/** One token per character (code point) of the alphabet. */
export function createCharTokenizer(config: TextConfig): Tokenizer {
  const vocabulary = [BLANK, ...alphabetOf(config)];
  const indices = new Map(vocabulary.slice(1).map((character, index) => [character, index + 1]));
  return {
    vocabulary,
    encode(text) {
      const characters = [...normalizeText(text, config)];
      if (characters.length === 0) {
        return { problem: { code: 'empty-text', severity: 'error', message: 'the transcript is empty' } };
      }
      const tokens = new Int32Array(characters.length);
      const outside = new Set<string>();
      characters.forEach((character, position) => {
        const index = indices.get(character);
        if (index === undefined) outside.add(character);
        else tokens[position] = index;
      });
      return outside.size === 0 ? { tokens } : { problem: outsideAlphabet([...outside]) };
    },
    decode: (tokens) => decodeTokens(vocabulary, tokens),
  };
}

/** Text of token indices; blanks are silent. */
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
