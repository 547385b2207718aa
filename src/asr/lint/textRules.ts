import type { Problem } from '../../shared/problem.ts';
import type { Utterance } from '../manifest.ts';
import { nameCharacter, type Tokenizer } from '../tokenizer.ts';
import { writtenText } from '../utterancePlace.ts';
import { mendText, unseen } from './mendText.ts';
import { atUtterance } from './utteranceRules.ts';

/**
 * A transcript by itself: empty, characters outside the alphabet of the experiment, characters nobody meant, spaces.
 * Without a tokenizer nothing is known of the alphabet.
 */
export function checkText(utterance: Utterance, tokenizer?: Tokenizer): Problem[] {
  const { text } = utterance;
  const at = (code: string, severity: Problem['severity'], message: string) =>
    atUtterance(utterance, { code, severity, message }, 'text');
  const encoded = tokenizer?.encode(text);
  if (encoded && 'problem' in encoded) {
    const { code, severity, message } = encoded.problem;
    return [withMending(utterance, at(code, severity, message), tokenizer)];
  }
  if (text.trim() === '') return [at('empty-text', 'error', 'the transcript is empty')];
  const odd = oddCharacters(text);
  if (odd) return [withMending(utterance, at('charset', 'warning', odd))];
  if (/^\s|\s$|\s\s|[^\S ]/u.test(text)) {
    const where = /^\s/u.test(text) ? 'before it' : /\s$/u.test(text) ? 'after it' : 'between its words';
    return [withMending(utterance, at('text-spaces', 'info', `the transcript has needless spaces ${where}`))];
  }
  return [];
}

/** The problem with a replacement of the transcript, where that mends it. */
export function withMending(utterance: Utterance, problem: Problem, tokenizer?: Tokenizer): Problem {
  const mended = mendText(
    utterance.text,
    tokenizer && ((character) => !('problem' in encodeOne(tokenizer, character))),
  );
  if (mended === undefined || mended === '' || mended === utterance.text) return problem;
  return { ...problem, fix: replacementOf(utterance, mended) };
}

export function replacementOf(utterance: Utterance, text: string): NonNullable<Problem['fix']> {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  return { title: `Normalise to "${shown}"`, replacement: writtenText(utterance, text) };
}

const encodeOne = (tokenizer: Tokenizer, character: string) =>
  // A space alone is trimmed away; every alphabet of words has it.
  character === ' ' ? {} : tokenizer.encode(character);

/** What is in no language's spelling, in words; undefined for text that looks meant. */
function oddCharacters(text: string): string | undefined {
  // Most text is plain, and this is asked of every line.
  if (/^[ -~]*$/.test(text)) return undefined;
  if (text.includes('\uFFFD')) return 'characters were lost (U+FFFD): convert the original to UTF-8 again';
  const twice = /[\u00c2\u00c3][\u0080-\u00bf]|\u00e2\u20ac/.exec(text);
  if (twice) return `"${twice[0]}" looks like UTF-8 that was read as Latin-1: convert the original again`;
  const hidden = text.replace(/\s/gu, '').match(unseen);
  if (hidden) return `characters that nobody sees: ${[...new Set(hidden)].slice(0, 4).map(nameCharacter).join(', ')}`;
  for (const word of text.match(/\p{L}+/gu) ?? []) {
    const scripts = scriptsOf(word);
    if (scripts.length > 1) return `"${word}" mixes ${scripts.join(' and ')} letters, which look alike`;
  }
  return undefined;
}

/** Scripts with letters that look the same in others. */
function scriptsOf(word: string): string[] {
  const found: string[] = [];
  if (/\p{Script=Latin}/u.test(word)) found.push('Latin');
  if (/\p{Script=Cyrillic}/u.test(word)) found.push('Cyrillic');
  if (/\p{Script=Greek}/u.test(word)) found.push('Greek');
  return found;
}
