import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { readDocument } from '../../training/lint/readDocument.ts';
import type { CorpusReader } from './corpus.ts';
import { corpusOf } from './fromDocument.ts';

/** A Kaldi data directory: `wav.scp` and `text`, optional `utt2spk` and `segments`. With a split, that folder in it. */
export const readKaldi: CorpusReader = async (folder, { split }) => {
  const directory = split === undefined ? folder : join(folder, split);
  const document = await readDocument(join(directory, 'wav.scp'));
  if (!document) throw new UserError(`${directory}: no wav.scp with a text beside it`);
  return corpusOf(document);
};
