import { dirname, relative, resolve, sep } from 'node:path';
import { renderUtterance } from '../../asr/manifest.ts';
import { openAudio } from '../../dsp/audioFile.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { clipProblem } from '../../training/data/clipReader.ts';
import { withFile } from '../../training/data/fileSource.ts';
import { makeFolder, writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import type { ParsedArguments } from '../arguments.ts';
import { readAn4 } from '../corpora/an4.ts';
import { readCommonvoice } from '../corpora/commonvoice.ts';
import type { CorpusEntry, CorpusReader } from '../corpora/corpus.ts';
import { readFolder } from '../corpora/folder.ts';
import { readKaldi } from '../corpora/kaldi.ts';
import { readLibrispeech } from '../corpora/librispeech.ts';
import { readLjspeech } from '../corpora/ljspeech.ts';
import { splitSpeakers } from '../corpora/splitSpeakers.ts';
import type { Terminal } from '../terminal.ts';

const readers: Record<string, CorpusReader> = {
  an4: readAn4,
  commonvoice: readCommonvoice,
  folder: readFolder,
  kaldi: readKaldi,
  librispeech: readLibrispeech,
  ljspeech: readLjspeech,
};

interface Timed extends CorpusEntry {
  durationSec: number;
}

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const folder = args.operands[0]!;
  const split = args.text('split');
  const share = args.number('dev-share', { min: 0.001, max: 0.9 }) ?? 0.1;
  const seed = args.number('seed', { min: 0, integer: true }) ?? 1;
  const out = args.text('out')!;
  const devOut = args.text('dev-out');
  if (devOut !== undefined && resolve(devOut) === resolve(out))
    throw new UserError('--out and --dev-out are the same file');

  const corpus = await readers[args.text('format')!]!(folder, split === undefined ? {} : { split });
  const problems = [...corpus.problems];
  const timed = await measure(corpus.entries, problems, terminal);
  for (const problem of problems) terminal.report(problem);
  if (timed.length === 0) throw new UserError(`${folder}: no usable utterance`);
  const parts = devOut === undefined ? { train: timed, dev: [] } : splitSpeakers(timed, share, seed);
  const manifests = [await writeManifest(out, parts.train)];
  if (devOut !== undefined) manifests.push(await writeManifest(devOut, parts.dev));
  for (const { file, utterances, durationSec, speakers } of manifests) {
    terminal.print(`${file}: ${utterances} utterances, ${(durationSec / 3600).toFixed(2)} h, ${speakers} speakers`);
  }
  if (problems.length > 0) terminal.print(`${problems.length} problems; those utterances are left out`);
  terminal.result({ manifests, problems });
  return 0;
}

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
        const durationSec = partDuration(entry, info.durationSec);
        if (durationSec > 0) found[i] = { ...entry, durationSec };
        else if (info.frames > 0) trouble[i]!.push(pastEnd(entry, info.durationSec));
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

/** Seconds of the recording that an entry stands for, to a tenth of a millisecond; not above zero when it has none. */
function partDuration(
  { offsetSec = 0, durationSec = Number.POSITIVE_INFINITY }: CorpusEntry,
  wholeSec: number,
): number {
  return Math.round(Math.min(durationSec, wholeSec - offsetSec) * 1e4) / 1e4;
}

function pastEnd({ audioFile, offsetSec }: CorpusEntry, wholeSec: number): Problem {
  const message = `a part begins at ${offsetSec} s, past the end (${wholeSec.toFixed(2)} s)`;
  return { code: 'bad-audio', severity: 'error', message, file: audioFile };
}

/** Written beside and renamed, so that a manifest is never half there. */
async function writeManifest(file: string, entries: readonly Timed[]) {
  const lines = entries.map(({ audioFile, text, offsetSec, durationSec, speaker }) => {
    const audioFilepath = relative(dirname(resolve(file)), resolve(audioFile))
      .split(sep)
      .join('/');
    const part = offsetSec === undefined ? {} : { offsetSec };
    return `${renderUtterance({ audioFilepath, text, ...part, durationSec, ...(speaker === undefined ? {} : { speaker }) })}\n`;
  });
  makeFolder(dirname(resolve(file)), 'folder');
  await replaceFile(file, lines.join('')).catch((error: unknown) => {
    throw writeError(error, file, 'manifest');
  });
  return {
    file,
    utterances: entries.length,
    durationSec: Math.round(entries.reduce((sum, entry) => sum + entry.durationSec, 0) * 1e3) / 1e3,
    speakers: new Set(entries.flatMap(({ speaker }) => (speaker === undefined ? [] : [speaker]))).size,
  };
}
