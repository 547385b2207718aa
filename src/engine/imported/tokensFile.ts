import { realpathSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { dirname, isAbsolute, relative, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { fileError } from '../../training/fileError.ts';

const largestBytes = 16 << 20;

/** Reads `tokens`, a file of units in the folder of `modelFile`. Throws a UserError that names file and line. */
export async function readTokensFile(modelFile: string, tokens: string): Promise<string[]> {
  const folder = dirname(resolve(modelFile));
  const file = resolve(folder, tokens);
  let text: string;
  try {
    const inside = relative(realpathSync(folder), realpathSync(file));
    if (inside.startsWith('..') || isAbsolute(inside))
      throw new UserError(`${tokens}: the units must lie in the folder of the model, ${folder}`);
    const { size } = await stat(file);
    if (size > largestBytes) throw new UserError(`${file}: ${(size / 1e6).toFixed(0)} MB are no list of units`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw error instanceof UserError ? error : fileError(error, file, 'list of units');
  }
  return parseTokens(text, file);
}

/**
 * Units by index, from lines `unit index` (k2, sherpa-onnx) or a unit a line. A unit may be a space, and then its line
 * is a space, a space and the index.
 */
export function parseTokens(text: string, file: string): string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.at(-1) === '') lines.pop();
  const numbered = lines.every((line) => /\s\d+$/.test(line));
  if (!numbered) return lines;
  const units: (string | undefined)[] = [];
  for (const [i, line] of lines.entries()) {
    const [, unit, digits] = /^(.*?)[ \t](\d+)$/s.exec(line)!;
    const index = Number(digits);
    if (index >= lines.length || units[index] !== undefined)
      throw new UserError(
        `${file}:${i + 1}: unit "${unit}" has the index ${digits}; the ${lines.length} units need the indices 0 to ${lines.length - 1}, each once`,
      );
    units[index] = unit!;
  }
  return units as string[];
}
