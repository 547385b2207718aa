import { access } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';
import { parseKaldiTable, parseSegments } from '../../asr/dataset/kaldiTables.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { readUserFile } from '../experimentFile.ts';
import { type Corpus, type CorpusReader, listFiles, readTranscriptFile } from './corpus.ts';

/**
 * Kaldi data directories: `wav.scp`, `text`, and where they are there `segments` and `utt2spk`. With `split` the
 * subdirectory of that name. Paths are as Kaldi takes them, from where it runs: tried from the directory and those above
 * it. Commands in `wav.scp` (`sph2pipe … |`) are not run.
 */
export const readKaldi: CorpusReader = async (folder, { split }) => {
  const data = split === undefined ? folder : join(folder, split);
  const present = new Set((await listFiles(data)).filter((file) => dirname(file) === data));
  const place = (name: string) => join(data, name);
  for (const name of ['wav.scp', 'text'])
    if (!present.has(place(name)))
      throw new UserError(`${data}: no ${name}; give the folder that holds it, or --split`);
  const optional = async (name: string) => (present.has(place(name)) ? readUserFile(place(name), name) : '');
  const recordings = parseKaldiTable(await readUserFile(place('wav.scp'), 'wav.scp'));
  const segments = present.has(place('segments')) ? parseSegments(await optional('segments')) : undefined;
  const speakers = parseKaldiTable(await optional('utt2spk'));
  const corpus: Corpus = { entries: [], problems: [] };
  const text = await readTranscriptFile(place('text'));
  if (typeof text !== 'string') return { entries: [], problems: [text] };
  const find = createFinder(data);
  for (const [id, { value: words, line }] of parseKaldiTable(text)) {
    const report = (code: string, message: string) =>
      corpus.problems.push({
        code,
        severity: 'error',
        message,
        file: place('text'),
        line,
        column: 1,
      } satisfies Problem);
    const segment = segments?.get(id);
    if (segments && !segment) report('audio-missing', `${id} is not in segments`);
    else if (words === '') report('empty-text', `${id} has no words`);
    else {
      const source = recordings.get(segment?.recording ?? id)?.value ?? '';
      if (source === '') report('audio-missing', `${segment?.recording ?? id} is not in wav.scp`);
      else if (source.endsWith('|'))
        report('audio-command', `${id} is made by a command, which is not run; write its output to a .wav first`);
      else {
        const speaker = speakers.get(id)?.value;
        corpus.entries.push({
          audioFile: await find(source),
          text: words,
          ...(speaker === undefined ? {} : { speaker }),
          ...(segment ? { offsetSec: segment.startSec, durationSec: segment.endSec - segment.startSec } : {}),
        });
      }
    }
  }
  return corpus;
};

/** Where a relative path of `wav.scp` leads; the first that was right is tried first afterwards. */
function createFinder(data: string): (path: string) => Promise<string> {
  const bases = [data];
  for (let above = dirname(data); above !== bases.at(-1) && bases.length < 6; above = dirname(above)) bases.push(above);
  return async (path) => {
    if (isAbsolute(path)) return path;
    for (const base of bases) {
      const file = join(base, path);
      if (!(await isThere(file))) continue;
      bases.splice(bases.indexOf(base), 1);
      bases.unshift(base);
      return file;
    }
    return join(data, path);
  };
}

const isThere = (file: string) =>
  access(file).then(
    () => true,
    () => false,
  );
