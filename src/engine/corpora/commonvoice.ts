import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { readDocument } from '../../training/lint/readDocument.ts';
import { type Corpus, type CorpusReader, listFiles } from './corpus.ts';

/**
 * Common Voice: `<split>.tsv` (`validated.tsv` without one) with `client_id`, `path` and `sentence`, recordings in
 * `clips/`. They are MP3 there, which is not read: a `.wav` or `.flac` of the same name is taken.
 */
export const readCommonVoice: CorpusReader = async (folder, { split = 'validated' }) => {
  const list = join(folder, `${split}.tsv`);
  const present = new Set(await listFiles(folder));
  if (!present.has(list)) {
    const known = [...present].filter((file) => join(folder, basename(file)) === file && file.endsWith('.tsv'));
    const there = known.map((file) => basename(file, '.tsv')).join(', ') || 'none';
    throw new UserError(`${folder}: no ${split}.tsv; there: ${there}`);
  }
  const document = existsSync(list) ? await readDocument(list) : undefined;
  if (!document) throw new UserError(`${list}: the first line must name the columns path and sentence`);
  const corpus: Corpus = { entries: [], problems: [...document.problems] };
  for (const { audioFilepath, text: sentence, speaker, line } of document.utterances) {
    const recording = resolve(folder, audioFilepath);
    const stem = recording.replace(/\.[^./\\]*$/, '');
    const text = sentence.replace(/\s+/g, ' ').trim();
    const audioFile = [`${stem}.wav`, `${stem}.flac`].find((file) => present.has(file));
    const report = (code: string, message: string) =>
      corpus.problems.push({ code, severity: 'error', message, file: list, line, column: 1 });
    if (text === '') report('empty-text', `${audioFilepath} has no sentence`);
    else if (audioFile) corpus.entries.push({ audioFile, text, ...(speaker ? { speaker } : {}) });
    else if (present.has(recording)) {
      const name = basename(recording);
      report('audio-format', `${name} is not WAV or FLAC; convert it: ffmpeg -i ${name} ${basename(stem)}.wav`);
    } else report('audio-missing', `there is no recording ${audioFilepath}`);
  }
  return corpus;
};
