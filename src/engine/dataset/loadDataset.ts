import { basename, dirname, resolve } from 'node:path';
import type { Dataset } from '../../asr/dataset/datasetStatistics.ts';
import {
  measureDuration,
  measureLevel,
  type RecordingLevel,
  sampleUtterances,
  summarizeLevels,
} from '../../asr/dataset/recordingLevels.ts';
import type { DataDocument } from '../../asr/documents/dataDocument.ts';
import { parseManifest, type Utterance } from '../../asr/manifest.ts';
import type { ByteSource } from '../../dsp/byteSource.ts';
import type { LevelStatistics } from '../../shared/datasetFacts.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { clipProblem } from '../../training/data/clipReader.ts';
import { withFile } from '../../training/data/fileSource.ts';
import { readDocument } from '../../training/lint/readDocument.ts';
import { readUserFile } from '../experimentFile.ts';
import type { Terminal } from '../terminal.ts';

export interface LoadedDataset extends Omit<Dataset, 'problems'> {
  file: string;
  kind: DataDocument['kind'];
  problems: Problem[];
}

const readers = 16;

/**
 * A manifest, or another document that lists recordings, with the lengths that its lines do not say, from the headers.
 * Throws UserError when it holds no utterance.
 */
export async function loadDataset(file: string, terminal: Terminal): Promise<LoadedDataset> {
  const { kind, utterances, problems, excluded } = await readAny(file);
  if (utterances.length === 0) throw new UserError(`${file}: no utterance`, problems);
  const open = utterances.filter(({ durationSec }) => durationSec === undefined);
  const lengths = new Map<Utterance, number>();
  const failures = await eachRecording(open, 'headers', terminal, async (source, utterance) => {
    lengths.set(utterance, await measureDuration(source, utterance));
  });
  const measured = utterances.map((utterance) => {
    const durationSec = utterance.durationSec ?? lengths.get(utterance);
    return durationSec === undefined || durationSec === 0 ? utterance : { ...utterance, durationSec };
  });
  return { file, kind, name: nameOf(file, kind), utterances: measured, excluded, problems: [...problems, ...failures] };
}

async function readAny(file: string): Promise<DataDocument> {
  const document = await readDocument(file);
  return document ?? { kind: 'manifest', ...parseManifest(await readUserFile(file, 'manifest'), file) };
}

/** Kaldi's files have the same names everywhere. */
const nameOf = (file: string, kind: DataDocument['kind']) =>
  kind === 'kaldi' ? basename(dirname(resolve(file))) : basename(file);

/** Hears a sample of the recordings. */
export async function hearDataset(
  utterances: readonly Utterance[],
  terminal: Terminal,
): Promise<{ levels: LevelStatistics; problems: Problem[] }> {
  const sample = sampleUtterances(utterances);
  const heard: RecordingLevel[] = [];
  const problems = await eachRecording(sample, 'samples', terminal, async (source, utterance) => {
    heard.push(await measureLevel(source, utterance));
  });
  return { levels: summarizeLevels(heard, sample.length, problems.length), problems };
}

/** What cannot be read becomes a problem of its line. */
async function eachRecording(
  utterances: readonly Utterance[],
  what: string,
  terminal: Terminal,
  use: (source: ByteSource, utterance: Utterance) => Promise<void>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  let [next, done] = [0, 0];
  const takeNext = async () => {
    for (let index = next++; index < utterances.length; index = next++) {
      const utterance = utterances[index]!;
      const { file, line, audioFilepath } = utterance;
      try {
        await withFile(resolve(dirname(file), audioFilepath), (source) => use(source, utterance));
      } catch (error) {
        problems.push({ ...clipProblem(error, audioFilepath), file, line, column: 1 });
      }
      terminal.progress(`reading ${what}: ${++done} of ${utterances.length} recordings`);
    }
  };
  await Promise.all(Array.from({ length: readers }, takeNext));
  terminal.progress('');
  return problems.sort((a, b) => a.line! - b.line!);
}
