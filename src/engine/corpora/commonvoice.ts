import { basename, join, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { readDocument } from '../../training/lint/readDocument.ts';
import { type CorpusReader, listFiles } from './corpus.ts';
import { corpusOf } from './fromDocument.ts';

/** Lists of one release overlap: without a choice it is what was validated. */
const usual = 'validated';

/**
 * Common Voice: `train.tsv`, `dev.tsv`, `validated.tsv`… with columns `client_id`, `path` and `sentence`, recordings in
 * `clips/`. Those are MP3; a WAV or FLAC file of the same name beside one is taken for it.
 */
export const readCommonvoice: CorpusReader = async (folder, { split = usual }) => {
  const files = await listFiles(folder);
  const list = join(folder, `${split}.tsv`);
  if (!files.includes(list)) {
    const known = files.filter((file) => file.endsWith('.tsv')).map((file) => basename(file, '.tsv'));
    throw new UserError(`${folder}: no ${split}.tsv; --split names one of: ${known.join(', ') || 'none'}`);
  }
  const document = await readDocument(list);
  if (!document) throw new UserError(`${list}: no columns path and sentence`);
  return corpusOf(document, new Set(files.map((file) => resolve(file))));
};
