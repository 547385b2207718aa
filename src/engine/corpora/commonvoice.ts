import { basename, join } from 'node:path';
import { findAudioColumns, splitRow } from '../../asr/dataset/delimitedText.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { readUserFile } from '../experimentFile.ts';
import { type Corpus, type CorpusReader, listFiles } from './corpus.ts';

/**
 * Common Voice: `<split>.tsv` (`validated.tsv` without one) with `client_id`, `path` and `sentence`, recordings in
 * `clips/`. They are MP3 there, which is not read: a `.wav` or `.flac` of the same name is taken.
 */
export const readCommonVoice: CorpusReader = async (folder, { split = 'validated' }) => {
  const present = new Set(await listFiles(folder));
  const list = join(folder, `${split}.tsv`);
  if (!present.has(list)) {
    const known = [...present].filter((file) => join(folder, basename(file)) === file && file.endsWith('.tsv'));
    const there = known.map((file) => basename(file, '.tsv')).join(', ') || 'none';
    throw new UserError(`${folder}: no ${split}.tsv; there: ${there}`);
  }
  const [header = '', ...rows] = (await readUserFile(list, 'table')).split('\n');
  const columns = findAudioColumns(splitRow(header, '\t'));
  if (!columns) throw new UserError(`${list}: the first line must name the columns path and sentence`);
  const corpus: Corpus = { entries: [], problems: [] };
  rows.forEach((row, index) => {
    if (row.trim() === '') return;
    const fields = splitRow(row, '\t');
    const name = basename(fields[columns.audio] ?? '');
    const text = (fields[columns.text] ?? '').replace(/\s+/g, ' ').trim();
    const speaker = fields[columns.speaker];
    const stem = join(folder, 'clips', name.replace(/\.[^.]*$/, ''));
    const audioFile = [`${stem}.wav`, `${stem}.flac`].find((file) => present.has(file));
    const report = (code: string, message: string) =>
      corpus.problems.push({
        code,
        severity: 'error',
        message,
        file: list,
        line: index + 2,
        column: 1,
      } satisfies Problem);
    if (name === '') report('transcription-line', 'the row has no path');
    else if (text === '') report('empty-text', `${name} has no sentence`);
    else if (audioFile) corpus.entries.push({ audioFile, text, ...(speaker ? { speaker } : {}) });
    else if (present.has(join(folder, 'clips', name)))
      report('audio-format', `clips/${name} is not WAV or FLAC; convert it: ffmpeg -i ${name} ${basename(stem)}.wav`);
    else report('audio-missing', `there is no recording clips/${name}`);
  });
  return corpus;
};
