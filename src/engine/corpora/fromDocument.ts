import { dirname, extname, resolve } from 'node:path';
import type { DataDocument } from '../../asr/documents/dataDocument.ts';
import type { Corpus } from './corpus.ts';

/** What a document lists, as a corpus. Of several files of one name `present` tells which is there. */
export function corpusOf(document: DataDocument, present?: ReadonlySet<string>): Corpus {
  const corpus: Corpus = { entries: [], problems: [...document.problems] };
  for (const { file, line, audioFilepath, text, offsetSec, durationSec, speaker } of document.utterances) {
    const place = { file, line, column: 1 };
    const words = text.replace(/\s+/g, ' ').trim();
    if (words === '') {
      corpus.problems.push({ code: 'empty-text', severity: 'error', message: 'the transcript is empty', ...place });
      continue;
    }
    const named = resolve(dirname(file), audioFilepath);
    corpus.entries.push({
      audioFile: present ? readable(named, present) : named,
      text: words,
      ...(offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) }),
      ...(speaker === undefined ? {} : { speaker }),
    });
  }
  return corpus;
}

/** Where somebody converted MP3 and left the table alone, the converted file is meant: it is read piece by piece. */
function readable(file: string, present: ReadonlySet<string>): string {
  const stem = file.slice(0, file.length - extname(file).length);
  return [file, `${stem}.wav`, `${stem}.flac`].find((one) => present.has(one) && !/\.mp3$/i.test(one)) ?? file;
}
