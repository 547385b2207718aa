import { basename, dirname, join, relative, sep } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { type Corpus, type CorpusReader, listFiles, readTranscriptFile } from './corpus.ts';

/** LibriSpeech: `<subset>/<speaker>/<chapter>/<speaker>-<chapter>-<n>.flac` with one `.trans.txt` per chapter. */
export const readLibrispeech: CorpusReader = async (folder, { split }) => {
  const files = await listFiles(folder);
  const present = new Set(files);
  const lists = files.filter((file) => file.endsWith('.trans.txt'));
  const chosen = lists.filter((file) => split === undefined || relative(folder, file).split(sep).includes(split));
  if (chosen.length === 0)
    throw new UserError(`${folder}: no .trans.txt file${split === undefined ? '' : ` of ${split}`}`);
  const corpus: Corpus = { entries: [], problems: [] };
  for (const list of chosen) {
    const text = await readTranscriptFile(list);
    if (typeof text !== 'string') {
      corpus.problems.push(text);
      continue;
    }
    text.split(/\r?\n/).forEach((line, i) => {
      if (line.trim() === '') return;
      const [id, words] = splitOnce(line.trim());
      const stem = join(dirname(list), basename(id));
      const audioFile = [`${stem}.flac`, `${stem}.wav`].find((file) => present.has(file));
      if (audioFile && words !== '') corpus.entries.push({ audioFile, text: words, speaker: id.split('-')[0]! });
      else {
        const message = words === '' ? `${id} has no words` : `there is no recording ${id}.flac`;
        const code = words === '' ? 'empty-text' : 'audio-missing';
        corpus.problems.push({ code, severity: 'error', message, file: list, line: i + 1, column: 1 });
      }
    });
  }
  return corpus;
};

function splitOnce(line: string): [string, string] {
  const space = line.search(/\s/);
  return space < 0 ? [line, ''] : [line.slice(0, space), line.slice(space).trim()];
}
