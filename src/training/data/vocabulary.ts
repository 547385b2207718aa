import { readFile } from 'node:fs/promises';
import { trainBpe } from '../../asr/bpe.ts';
import { parseManifest } from '../../asr/manifest.ts';
import { createCharTokenizer } from '../../asr/tokenizer.ts';
import type { Experiment } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import { fileReason } from '../fileError.ts';

/**
 * Units of a fresh run: the alphabet, or pieces learnt from the transcripts of the training manifests. Throws a
 * UserError when the transcripts are too few for the vocabulary asked for. A run that goes on keeps its checkpoint's.
 */
export async function learnVocabulary(
  experiment: Pick<Experiment, 'text' | 'tokenizer'>,
  manifests: readonly string[],
  configFile: string,
): Promise<readonly string[]> {
  const { text, tokenizer } = experiment;
  if (tokenizer.type === 'char') return createCharTokenizer(text).vocabulary;
  const texts: string[] = [];
  for (const file of manifests) for (const line of await transcriptsOf(file)) texts.push(line);
  const { vocabulary, problem } = trainBpe(texts, text, tokenizer.vocabularySize);
  if (problem) throw new UserError(problem.message, [{ ...problem, file: configFile }]);
  return vocabulary;
}

/** None of a manifest that cannot be read, which is reported where its utterances are read. */
async function transcriptsOf(file: string): Promise<string[]> {
  try {
    return parseManifest(await readFile(file, 'utf8'), file).utterances.map(({ text }) => text);
  } catch (error) {
    if (fileReason(error) === undefined) throw error;
    return [];
  }
}
