import type { Problem } from '../../shared/problem.ts';
import type { TextPlace } from '../manifest.ts';
import { type DataDocument, encodingProblem, maxLineCharacters, numberedLines, tooLongLine } from './dataDocument.ts';

export interface KaldiFile {
  file: string;
  text: string;
}

export interface KaldiFolder {
  wavScp: KaldiFile;
  text: KaldiFile;
  utt2spk?: KaldiFile;
  segments?: KaldiFile;
}

/** One line `key value`; columns of the value. */
interface Entry {
  value: string;
  place: TextPlace;
}
type Entries = Map<string, Entry>;

/**
 * A Kaldi data directory. Recordings stay relative to where Kaldi is run, which is not known: `root` is put before them.
 * Commands in `wav.scp` are named and never run.
 */
export function parseKaldiFolder(folder: KaldiFolder, root: string): DataDocument {
  const document: DataDocument = { kind: 'kaldi', utterances: [], problems: [], excluded: 0 };
  const { problems } = document;
  const recordings = readEntries(folder.wavScp, problems);
  const texts = readEntries(folder.text, problems, true);
  const speakers = folder.utt2spk && readEntries(folder.utt2spk, problems);
  const segments = folder.segments && readEntries(folder.segments, problems);
  const report = (place: TextPlace, code: string, message: string, severity: Problem['severity'] = 'error') =>
    problems.push({ code, severity, message, ...place });
  for (const { value, place } of recordings.values())
    if (value.endsWith('|'))
      report(place, 'kaldi-command', 'a command, which is not run; write the recording to a file');
  for (const [id, { value: text, place }] of texts) {
    const segment = segments?.get(id);
    const range = segment && readSegment(segment, report);
    if (segment && !range) continue;
    const recording = recordings.get(range?.recording ?? id);
    if (!recording) {
      const missing = segments && !segment ? 'segments' : 'wav.scp';
      report(segment?.place ?? lineOf(place), 'audio-missing', `${range?.recording ?? id} is not in ${missing}`);
      continue;
    }
    if (recording.value.endsWith('|')) continue;
    const speaker = speakers?.get(id);
    if (speakers && !speaker) report(lineOf(place), 'speaker-missing', `${id} is not in utt2spk`, 'warning');
    document.utterances.push({
      id,
      audioFilepath: /^([/\\]|[a-z]:)/i.test(recording.value) ? recording.value : `${root}/${recording.value}`,
      text,
      ...(range ? { offsetSec: range.startSec } : {}),
      ...(range?.endSec === undefined ? {} : { durationSec: range.endSec - range.startSec }),
      ...(speaker ? { speaker: speaker.value } : {}),
      line: place.line,
      file: place.file,
      source: '',
      places: {
        text: place,
        audio: recording.place,
        ...(segment ? { offset: segment.place, duration: segment.place } : {}),
        ...(speaker ? { speaker: speaker.place } : {}),
      },
    });
  }
  for (const [id, { place }] of segments ?? recordings)
    if (!texts.has(id)) report(lineOf(place), 'text-missing', `${id} has no transcript in text`, 'warning');
  return document;
}

const lineOf = ({ file, line }: TextPlace): TextPlace => ({ file, line, column: 1 });

/** Lines of one file by their first word; the first line of a key counts. Kaldi wants them sorted by bytes. */
function readEntries({ file, text }: KaldiFile, problems: Problem[], mayBeEmpty = false): Entries {
  const entries: Entries = new Map();
  const encoding = encodingProblem(text, file);
  if (encoding) {
    problems.push(encoding);
    return entries;
  }
  let before = '';
  let sorted = true;
  for (const [source, line] of numberedLines(text)) {
    if (source.trim() === '') continue;
    const report = (code: string, message: string, severity: Problem['severity'] = 'error') =>
      problems.push({ code, severity, message, file, line, column: 1 });
    if (source.length > maxLineCharacters) {
      report('kaldi-line', tooLongLine(source));
      continue;
    }
    const space = source.search(/[ \t]/);
    const key = space < 0 ? source : source.slice(0, space);
    const value = space < 0 ? '' : mayBeEmpty ? source.slice(space + 1) : source.slice(space + 1).trim();
    if (key === '' || (value === '' && !mayBeEmpty)) {
      report('kaldi-line', key === '' ? 'the line begins with a space' : `${key} has no value`);
      continue;
    }
    if (sorted && key < before) {
      sorted = false;
      report('kaldi-order', `${key} comes after ${before}; Kaldi wants its lines sorted (LC_ALL=C sort)`, 'info');
    }
    before = key;
    const first = entries.get(key);
    if (first) report('manifest-duplicate', `${key} is also in line ${first.place.line}`, 'warning');
    else {
      const from = space < 0 ? source.length : source.indexOf(value, space + 1);
      entries.set(key, { value, place: { file, line, column: from + 1, endColumn: from + 1 + value.length } });
    }
  }
  return entries;
}

function readSegment(
  { value, place }: Entry,
  report: (place: TextPlace, code: string, message: string) => void,
): { recording: string; startSec: number; endSec?: number } | undefined {
  const [recording = '', start = '', end = ''] = value.split(/\s+/);
  const [startSec, endSec] = [Number(start), Number(end)];
  // -1 stands for the end of the recording.
  const open = endSec === -1;
  if (
    start !== '' &&
    end !== '' &&
    startSec >= 0 &&
    Number.isFinite(startSec) &&
    (open || (endSec > startSec && Number.isFinite(endSec)))
  )
    return { recording, startSec, ...(open ? {} : { endSec }) };
  report(place, 'kaldi-line', 'expected: recording, start and end in seconds, the end after the start');
  return undefined;
}
