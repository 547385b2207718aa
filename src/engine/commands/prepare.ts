import { resolve } from 'node:path';
import { splitDataset } from '../../asr/dataset/splitDataset.ts';
import { renderUtterance } from '../../asr/manifest.ts';
import { openAudio } from '../../dsp/audioFile.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { clipProblem } from '../../training/data/clipReader.ts';
import { withFile } from '../../training/data/fileSource.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';
import { readAn4 } from '../corpora/an4.ts';
import { readCommonVoice } from '../corpora/commonvoice.ts';
import type { CorpusEntry, CorpusFormat, CorpusReader } from '../corpora/corpus.ts';
import { readFolder } from '../corpora/folder.ts';
import { readKaldi } from '../corpora/kaldi.ts';
import { readLibrispeech } from '../corpora/librispeech.ts';
import { readLjspeech } from '../corpora/ljspeech.ts';
import { pathIn, writeManifest } from '../dataset/writeManifest.ts';
import { fetchCorpus } from '../download/fetchCorpus.ts';
import { publicCorpora } from '../download/publicCorpora.ts';
import type { Terminal } from '../terminal.ts';

const readers: Record<CorpusFormat, CorpusReader> = {
  an4: readAn4,
  commonvoice: readCommonVoice,
  folder: readFolder,
  kaldi: readKaldi,
  librispeech: readLibrispeech,
  ljspeech: readLjspeech,
};

interface Timed extends CorpusEntry {
  durationSec: number;
}

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const outputs = readOutputs(args);
  const seed = args.number('seed', { min: 0, integer: true }) ?? 1;
  const { folder, format, split } = await findCorpus(args, terminal);
  if (!outputs) {
    terminal.print(`${folder}: the corpus is there; --out writes a manifest of it`);
    terminal.result({ folder, manifests: [], problems: [] });
    return 0;
  }
  const corpus = await readers[format](folder, split === undefined ? {} : { split });
  const problems = [...corpus.problems];
  const timed = await measure(corpus.entries, problems, terminal);
  for (const problem of problems) terminal.report(problem);
  if (timed.length === 0) throw new UserError(`${folder}: no usable utterance`);
  const manifests = [];
  for (const { file, entries } of divide(timed, outputs, seed)) {
    const written = await writeManifest(file, entries, (entry) => renderEntry(entry, file));
    const { utterances, durationSec, speakers } = written;
    terminal.print(`${file}: ${utterances} utterances, ${(durationSec / 3600).toFixed(2)} h, ${speakers} speakers`);
    manifests.push(written);
  }
  if (problems.length > 0) terminal.print(`${problems.length} problems; those utterances are left out`);
  terminal.result({ folder, manifests, problems });
  return 0;
}

interface Output {
  file: string;
  /** Of the audio. */
  share: number;
}
type Outputs = Partial<Record<'train' | 'dev' | 'test', Output>>;

/** Which manifests are wanted; none when a corpus is only fetched. */
function readOutputs(args: ParsedArguments): Outputs | undefined {
  const train = args.text('out');
  const others: Outputs = {};
  for (const part of ['dev', 'test'] as const) {
    const file = args.text(`${part}-out`);
    const share = args.number(`${part}-share`, { min: 0.001, max: 0.9 }) ?? 0.1;
    if (file !== undefined) others[part] = { file, share };
  }
  const wanted = Object.values(others);
  if (train === undefined) {
    if (wanted.length > 0) throw new UsageError('--dev-out and --test-out need --out');
    if (args.text('download') === undefined) throw new UsageError('prepare needs --out <m.jsonl>');
    return undefined;
  }
  const files = [train, ...wanted.map(({ file }) => file)].map((file) => resolve(file));
  if (new Set(files).size < files.length)
    throw new UserError('--out, --dev-out and --test-out must be different files');
  const rest = 1 - wanted.reduce((sum, { share }) => sum + share, 0);
  if (rest <= 0) throw new UserError('--dev-share and --test-share leave nothing to train on');
  return { train: { file: train, share: rest }, ...others };
}

/** The corpus that is named, fetched when that is asked for. */
async function findCorpus(args: ParsedArguments, terminal: Terminal) {
  const download = args.text('download');
  const format = args.text('format') as CorpusFormat | undefined;
  const split = args.text('split');
  if (download === undefined) {
    const folder = args.operands[0];
    if (folder === undefined || format === undefined)
      throw new UsageError(
        'prepare needs a folder and --format <name>, or --download <name>; see "asr prepare --help"',
      );
    return { folder, format, split };
  }
  const corpus = publicCorpora[download]!;
  const dir = args.text('dir');
  if (dir === undefined || args.operands.length > 0)
    throw new UsageError('--download takes its folder as --dir <dir>; see "asr prepare --help"');
  if (format !== undefined && format !== corpus.format)
    throw new UserError(`${download} has the layout ${corpus.format}, not ${format}`);
  const folder = await fetchCorpus(download, corpus, dir, terminal);
  return { folder, format: corpus.format, split: split ?? corpus.split };
}

function divide(timed: Timed[], outputs: Outputs, seed: number): { file: string; entries: Timed[] }[] {
  const parts = Object.entries(outputs);
  if (parts.length === 1) return [{ file: parts[0]![1].file, entries: timed }];
  const shares = Object.fromEntries(parts.map(([part, { share }]) => [part, share]));
  const divided = splitDataset(timed, { shares, seed });
  return parts.map(([part, { file }]) => ({ file, entries: divided[part]! }));
}

const renderEntry = ({ audioFile, text, offsetSec, durationSec, speaker }: Timed, manifest: string): string =>
  renderUtterance({
    audioFilepath: pathIn(manifest, audioFile),
    text,
    durationSec,
    ...(offsetSec === undefined ? {} : { offsetSec }),
    ...(speaker === undefined ? {} : { speaker }),
  });

/** Reads the header of every recording, some at a time, in order. */
async function measure(entries: readonly CorpusEntry[], problems: Problem[], terminal: Terminal): Promise<Timed[]> {
  const found: (Timed | undefined)[] = new Array(entries.length);
  const trouble: Problem[][] = entries.map(() => []);
  let next = 0;
  let done = 0;
  const takeNext = async () => {
    for (let i = next++; i < entries.length; i = next++) {
      const entry = entries[i]!;
      try {
        const { info } = await withFile(entry.audioFile, openAudio);
        const severity = info.frames === 0 ? { severity: 'error' as const } : {};
        trouble[i]!.push(...info.problems.map((problem) => ({ ...problem, ...severity, file: entry.audioFile })));
        const durationSec = Math.min(entry.durationSec ?? info.durationSec, info.durationSec - (entry.offsetSec ?? 0));
        if (durationSec > 0) found[i] = { ...entry, durationSec: Math.round(durationSec * 1e4) / 1e4 };
        else if (info.frames > 0) trouble[i]!.push(pastTheEnd(entry, info.durationSec));
      } catch (error) {
        trouble[i]!.push({ ...clipProblem(error, entry.audioFile), file: entry.audioFile });
      }
      terminal.progress(`reading ${++done} of ${entries.length} recordings`);
    }
  };
  await Promise.all(Array.from({ length: 16 }, takeNext));
  terminal.progress('');
  problems.push(...trouble.flat());
  return found.filter((entry) => entry !== undefined);
}

function pastTheEnd({ audioFile, offsetSec = 0 }: CorpusEntry, durationSec: number): Problem {
  const message = `the utterance begins at ${offsetSec} s, the recording ends at ${durationSec.toFixed(2)} s`;
  return { code: 'bad-audio', severity: 'error', message, file: audioFile };
}
