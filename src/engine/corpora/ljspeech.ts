import { basename, join } from 'node:path';
import { readUserFile } from '../experimentFile.ts';
import { type Corpus, type CorpusReader, listFiles } from './corpus.ts';

/** LJ Speech: `metadata.csv` of `id|text|normalised text`, recordings in `wavs/`; one speaker. */
export const readLjspeech: CorpusReader = async (folder) => {
  const list = join(folder, 'metadata.csv');
  const text = await readUserFile(list, 'metadata');
  const present = new Set(await listFiles(folder));
  const corpus: Corpus = { entries: [], problems: [] };
  text.split(/\r?\n/).forEach((line, i) => {
    if (line.trim() === '') return;
    const [id = '', written = '', normalized = ''] = line.split('|');
    const audioFile = join(folder, 'wavs', `${basename(id)}.wav`);
    const words = (normalized || written).trim();
    if (present.has(audioFile) && words !== '') corpus.entries.push({ audioFile, text: words, speaker: 'lj' });
    else {
      const message = words === '' ? 'expected: id|text|normalised text' : `there is no recording wavs/${id}.wav`;
      const code = words === '' ? 'transcription-line' : 'audio-missing';
      corpus.problems.push({ code, severity: 'error', message, file: list, line: i + 1, column: 1 });
    }
  });
  return corpus;
};
