import { basename, dirname } from 'node:path';
import type { Problem } from '../../shared/problem.ts';
import { UserError } from '../../shared/problem.ts';
import {
  type Corpus,
  type CorpusEntry,
  type CorpusReader,
  isAudioFile,
  listFiles,
  readTranscriptFile,
} from './corpus.ts';

/**
 * CMU AN4 and other corpora in Sphinx form: `*.transcription` files of `WORDS (utterance-id)` lines, and a recording
 * `utterance-id.wav` anywhere below. The middle part of an AN4 id is the speaker.
 */
export const readAn4: CorpusReader = async (folder, { split }) => {
  const files = await listFiles(folder);
  const lists = files.filter((file) => file.endsWith('.transcription'));
  const chosen = lists.filter((file) => split === undefined || splitName(file) === split);
  if (chosen.length === 0) {
    const known = lists.map(splitName).join(', ') || 'none';
    throw new UserError(
      `${folder}: no ${split === undefined ? '' : `"${split}" `}.transcription file; there: ${known}`,
    );
  }
  const recordings = new Map(
    files.filter(isAudioFile).map((file) => [basename(file).replace(/\.[^.]*$/, ''), file] as const),
  );
  const corpus: Corpus = { entries: [], problems: [] };
  for (const list of chosen) {
    const text = await readTranscriptFile(list);
    if (typeof text !== 'string') corpus.problems.push(text);
    else for (const [i, line] of text.split(/\r?\n/).entries()) readLine(line, list, i + 1, recordings, corpus);
  }
  return corpus;
};

/** `etc/an4_train.transcription` and `train.transcription` are both "train". */
const splitName = (file: string) => basename(file, '.transcription').replace(/^an4_/, '');

function readLine(line: string, file: string, number: number, recordings: Map<string, string>, corpus: Corpus): void {
  if (line.trim() === '') return;
  const problem = (code: string, message: string): Problem => ({
    code,
    severity: 'error',
    message,
    file,
    line: number,
    column: 1,
  });
  const match = /^(.*)\(([^()\s]+)\)\s*$/.exec(line);
  if (!match) {
    corpus.problems.push(problem('transcription-line', 'expected: WORDS (utterance-id)'));
    return;
  }
  const id = match[2]!;
  const text = match[1]!
    .replace(/<\/?s>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  const audioFile = recordings.get(basename(id));
  if (text === '') corpus.problems.push(problem('empty-text', `${id} has no words`));
  else if (!audioFile) corpus.problems.push(problem('audio-missing', `there is no recording ${id}.wav`));
  else corpus.entries.push({ audioFile, text, speaker: speakerOf(id, audioFile) } satisfies CorpusEntry);
}

const speakerOf = (id: string, audioFile: string) =>
  /^[^-]+-([^-]+)-[^-]+$/.exec(id)?.[1] ?? basename(dirname(audioFile));
