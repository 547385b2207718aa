import { createReadStream } from 'node:fs';
import { createArpaReader } from '../asr/lm/arpaReader.ts';
import type { NgramModel } from '../asr/lm/ngramModel.ts';
import { type Problem, UserError } from '../shared/problem.ts';
import { fileError } from './fileError.ts';

/** An ARPA file; what it lacks is reported. Throws a UserError with a problem for each line that does not fit. */
export async function readLanguageModel(file: string, report: (problem: Problem) => void): Promise<NgramModel> {
  const reader = createArpaReader();
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) reader.push(chunk as Uint8Array);
  } catch (error) {
    throw fileError(error, file, 'language model');
  }
  const { model, problems } = reader.finish();
  const placed = problems.map((problem) => ({ ...problem, file }));
  if (!model) throw new UserError(`language model ${file}: it cannot be read`, placed);
  for (const problem of placed) report(problem);
  return model;
}
