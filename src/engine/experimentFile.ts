import { readFile } from 'node:fs/promises';
import { type ParsedExperiment, parseExperiment } from '../shared/config/parseExperiment.ts';
import { fileError } from '../training/fileError.ts';

/** A config file with `--set` changes on top, parsed; a file that cannot be read is a UserError, everything else a problem. */
export async function readExperimentFile(file: string, sets: readonly string[] = []): Promise<ParsedExperiment> {
  const text = await readUserFile(file, 'config');
  return parseExperiment(text, file, sets);
}

/** Text of a file the user named. */
export async function readUserFile(file: string, what: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fileError(error, file, what);
  }
}
