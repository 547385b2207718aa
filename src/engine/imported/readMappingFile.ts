import { readFile, stat } from 'node:fs/promises';
import { type ModelMapping, mappingFileOf, modelMappingSchema } from '../../shared/config/modelMappingSchema.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { fileError } from '../../training/fileError.ts';

const largestBytes = 16 << 20;

/** The sidecar of a model, or undefined where there is none. Throws a UserError with its problems where it is no mapping. */
export async function readMappingFile(modelFile: string): Promise<ModelMapping | undefined> {
  const file = mappingFileOf(modelFile);
  let text: string;
  try {
    const { size } = await stat(file);
    if (size > largestBytes) throw new UserError(`${file}: ${(size / 1e6).toFixed(0)} MB are no mapping`);
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error instanceof UserError ? error : fileError(error, file, 'mapping');
  }
  return parseMapping(text, file);
}

export function parseMapping(text: string, file: string): ModelMapping {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw refuse(file, [`not JSON: ${(error as Error).message}`]);
  }
  const parsed = modelMappingSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw refuse(
    file,
    parsed.error.issues.map(({ path, message }) => `${path.length > 0 ? `${path.join('.')}: ` : ''}${message}`),
  );
}

function refuse(file: string, messages: readonly string[]): UserError {
  const problems = messages.map((message): Problem => ({ code: 'mapping', severity: 'error', message, file }));
  return new UserError(`${file}: ${messages[0]}`, problems);
}
