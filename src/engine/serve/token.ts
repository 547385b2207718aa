import { randomBytes } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { UserError } from '../../shared/problem.ts';
import { fileError } from '../../training/fileError.ts';

export interface Token {
  value: string;
  /** It was made for this start, so it must be shown once. */
  fresh: boolean;
  /** What is wrong with how it is kept. */
  warning?: string;
}

export const tokenVariable = 'ASR_TOKEN';
const bytes = 32;
const leastCharacters = 32;

/** The server's token: of a file, else of the environment variable ASR_TOKEN, else 256 random bits. Throws UserError. */
export function chooseToken(file: string | undefined, environment: NodeJS.ProcessEnv): Token {
  if (file !== undefined) {
    const value = checkToken(readToken(file), `token file ${file}`);
    const open = process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0;
    return open
      ? { value, fresh: false, warning: `other users can read ${file}; chmod 600 it` }
      : { value, fresh: false };
  }
  const given = environment[tokenVariable];
  if (given !== undefined && given !== '') return { value: checkToken(given, tokenVariable), fresh: false };
  return { value: randomBytes(bytes).toString('base64url'), fresh: true };
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw fileError(error, file, 'token file');
  }
}

function checkToken(value: string, place: string): string {
  if (!/^[\x21-\x7e]{1,1024}$/.test(value))
    throw new UserError(`${place}: a token is one line of printable ASCII characters without spaces`);
  if (value.length < leastCharacters)
    throw new UserError(
      `${place}: the token has ${value.length} characters; give at least ${leastCharacters}, as "openssl rand -base64 32" prints`,
    );
  return value;
}
