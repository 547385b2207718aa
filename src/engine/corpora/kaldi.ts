import { dirname, join, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { readDocument } from '../../training/lint/readDocument.ts';
import type { CorpusReader } from './corpus.ts';

/**
 * Kaldi data directories: `wav.scp`, `text`, and where they are there `segments` and `utt2spk`. With `split` the
 * subdirectory of that name. Commands in `wav.scp` (`sph2pipe … |`) are not run.
 */
export const readKaldi: CorpusReader = async (folder, { split }) => {
  const data = split === undefined ? folder : join(folder, split);
  const document = await readDocument(join(data, 'wav.scp'));
  if (!document) throw new UserError(`${data}: no wav.scp and text; give the folder that holds them, or --split`);
  const problems = [...document.problems];
  const entries = document.utterances.flatMap((utterance) => {
    const { audioFilepath, file, line, speaker, offsetSec, durationSec } = utterance;
    const text = utterance.text.replace(/\s+/g, ' ').trim();
    if (text !== '')
      return {
        ...{ audioFile: resolve(dirname(file), audioFilepath), text },
        ...(speaker === undefined ? {} : { speaker }),
        ...(offsetSec === undefined ? {} : { offsetSec }),
        ...(durationSec === undefined ? {} : { durationSec }),
      };
    problems.push({
      code: 'empty-text',
      severity: 'error',
      message: `${utterance.id} has no words`,
      file,
      line,
      column: 1,
    });
    return [];
  });
  return { entries, problems };
};
