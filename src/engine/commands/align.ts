import { join } from 'node:path';
import { openAudio } from '../../dsp/audioFile.ts';
import { UserError } from '../../shared/problem.ts';
import { withFile } from '../../training/data/fileSource.ts';
import { makeFolder, writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { type AlignedManifest, type AlignedUtterance, alignManifest } from '../align/alignManifest.ts';
import { alignmentCtm, alignmentTextGrids } from '../align/alignmentFiles.ts';
import type { ParsedArguments } from '../arguments.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { createRecognizer } from '../model/recognizer.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

const formats = ['ctm', 'textgrid'] as const;
type Format = (typeof formats)[number];

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const wanted = readFormats(args.text('format'));
  const folder = args.text('out-dir');
  if (folder === undefined && wanted.includes('textgrid') && args.text('format') !== undefined)
    throw new UserError('TextGrids are a file for each recording: name their folder with --out-dir');
  const model = await openModel(args.operands[0]!, terminal.report);
  if (model.experiment?.loss?.ctcWeight === 0)
    throw new UserError(`${model.source}: its CTC output was never trained (loss.ctcWeight 0), and only CTC aligns`);
  if (folder !== undefined) makeFolder(folder, 'the folder of alignments');
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const aligned = await alignWith(model, args.text('manifest')!, threads, terminal);
  const { utterances, skipped, excluded } = aligned;
  if (utterances.length === 0) throw new UserError(`${args.text('manifest')}: no utterance could be aligned`);
  const files = folder === undefined ? [] : await writeFiles(folder, wanted, utterances);
  if (folder === undefined && !terminal.json) terminal.print(alignmentCtm(utterances).trimEnd());
  for (const file of files) if (file.endsWith('.ctm')) terminal.print(file);
  const grids = files.filter((file) => file.endsWith('.TextGrid')).length;
  if (grids > 0) terminal.print(`${grids} TextGrids in ${folder}`);
  const count = `${utterances.length} utterances aligned, ${skipped} left out`;
  terminal.note(`${count}${excluded > 0 ? `, ${excluded} excluded` : ''}; ${model.source}`);
  terminal.result({ model: model.source, utterances: utterances.map(describe), skipped, excluded, files });
  return 0;
}

function readFormats(written: string | undefined): Format[] {
  if (written === undefined) return [...formats];
  const names = written.split(',').map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !formats.some((format) => format === name));
  if (unknown !== undefined) throw new UserError(`--format is "${unknown}"; expected ${formats.join(', ')}, or both`);
  return formats.filter((format) => names.includes(format));
}

async function alignWith(
  model: OpenedModel,
  manifest: string,
  threads: number,
  terminal: Terminal,
): Promise<AlignedManifest> {
  const recognizer = await createRecognizer(model, threads);
  try {
    const { source, metadata } = model;
    return await alignManifest({ source, metadata, evaluate: recognizer.evaluate }, manifest, terminal);
  } finally {
    await recognizer.dispose();
  }
}

async function writeFiles(
  folder: string,
  wanted: readonly Format[],
  utterances: readonly AlignedUtterance[],
): Promise<string[]> {
  const contents = new Map<string, string>();
  if (wanted.includes('ctm')) contents.set('words.ctm', alignmentCtm(utterances));
  if (wanted.includes('textgrid')) {
    const grids = alignmentTextGrids(utterances, await lengthsOf(utterances));
    for (const [name, text] of grids) contents.set(`${name}.TextGrid`, text);
  }
  const files: string[] = [];
  for (const [name, text] of contents) {
    const file = join(folder, name);
    await replaceFile(file, text).catch((error: unknown) => {
      throw writeError(error, file, 'the alignment');
    });
    files.push(file);
  }
  return files;
}

/** A recording that has gone since it was heard ends with its last word. */
async function lengthsOf(utterances: readonly AlignedUtterance[]): Promise<Map<string, number>> {
  const lengths = new Map<string, number>();
  for (const { example } of utterances) {
    if (lengths.has(example.audioFilepath)) continue;
    const durationSec = await withFile(
      example.range.file,
      async (source) => (await openAudio(source)).info.durationSec,
    ).catch(() => 0);
    lengths.set(example.audioFilepath, durationSec);
  }
  return lengths;
}

const describe = ({ example, startSec, endSec, logProbabilityPerFrame, words }: AlignedUtterance) => ({
  audioFilepath: example.audioFilepath,
  line: example.line,
  startSec,
  endSec,
  logProbabilityPerFrame,
  words,
});
