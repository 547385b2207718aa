import { basename, dirname, relative } from 'node:path';
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
 * Any folder of recordings. The transcript is the `.txt` of the same name beside the recording; without one a name such
 * as `yes_anna_3.wav` gives it (`<label>_<speaker>_<number>`). The speaker is named by the file, or is the subfolder.
 */
export const readFolder: CorpusReader = async (folder) => {
  const files = await listFiles(folder);
  const recordings = files.filter(isAudioFile);
  if (recordings.length === 0) throw new UserError(`${folder}: no .wav or .flac files`);
  const present = new Set(files);
  const corpus: Corpus = { entries: [], problems: [] };
  for (const audioFile of recordings) {
    const stem = audioFile.replace(/\.[^.]*$/, '');
    const transcript = [`${stem}.txt`, `${audioFile}.txt`].find((file) => present.has(file));
    const named = /^(.+)_([^_]+)_\d+$/.exec(basename(stem));
    const subfolder = relative(folder, dirname(audioFile));
    const speaker = named?.[2] ?? (subfolder === '' ? undefined : basename(subfolder));
    const place = speaker === undefined ? {} : { speaker };
    if (transcript) await readTranscript(audioFile, transcript, place, corpus);
    else if (named) corpus.entries.push({ audioFile, text: named[1]!.replaceAll('_', ' '), ...place });
    else {
      const message = `no transcript: write it to ${basename(stem)}.txt`;
      corpus.problems.push({ code: 'text-missing', severity: 'error', message, file: audioFile });
    }
  }
  return corpus;
};

async function readTranscript(
  audioFile: string,
  transcript: string,
  place: Pick<CorpusEntry, 'speaker'>,
  corpus: Corpus,
): Promise<void> {
  const text = await readTranscriptFile(transcript);
  if (typeof text !== 'string') {
    corpus.problems.push(text);
    return;
  }
  const words = text.replace(/\s+/g, ' ').trim();
  if (words !== '') corpus.entries.push({ audioFile, text: words, ...place });
  else
    corpus.problems.push({
      code: 'empty-text',
      severity: 'error',
      message: 'the transcript is empty',
      file: transcript,
    });
}
