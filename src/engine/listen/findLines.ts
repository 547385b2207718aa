import { basename, dirname, join, resolve } from 'node:path';
import { type DataDocument, numberedLines } from '../../asr/documents/dataDocument.ts';
import { parseManifest, type Utterance } from '../../asr/manifest.ts';
import { UserError } from '../../shared/problem.ts';
import type { FoundLine, FoundLines, LinesCall } from '../../shared/protocol/listen.ts';
import { readDocument, readManifestText } from '../../training/lint/readDocument.ts';

/**
 * The recordings that lines of a document name. Lines without a transcript count too; those that name no recording are
 * told with the reason. Throws a UserError when the document lists none at all.
 */
export async function findLines({ file, texts = {}, lines }: Omit<LinesCall, 'id' | 'call'>): Promise<FoundLines> {
  const open = new Map(Object.entries(texts));
  const document = (await readDocument(file, open)) ?? (await readTextlessKaldi(file, open));
  if (!document)
    throw new UserError(`${basename(file)} lists no recordings: no manifest, table or list that can be read.`);
  const wanted = (line: number) => !lines || lines.some(([from, to]) => line >= from && line <= to);
  const { kind } = document;
  const textless = kind === 'manifest' ? await textlessLines(document, file, open) : [];
  const found = [
    ...document.utterances.map((utterance) => toLine(utterance, utterance.text.trim() !== '')),
    ...textless.map((utterance) => toLine(utterance, false)),
  ]
    .filter((line) => placesIn(line, file).some(wanted))
    .sort((a, b) => a.line - b.line);
  const named = new Set(found.map(({ line }) => line));
  const failures = document.problems
    .filter((problem) => problem.severity === 'error' && problem.file === file && wanted(problem.line ?? 1))
    .filter(({ line }) => kind === 'kaldi' || !named.has(line ?? 1))
    .map(({ line = 1, message }) => ({ line, message }));
  for (const { line } of failures) named.add(line);
  if (kind === 'manifest')
    for (const [source, line] of numberedLines(await readManifestText(file, open)))
      if (wanted(line) && !named.has(line) && source.trim() !== '')
        failures.push({ line, message: 'the line is excluded ("exclude": true)' });
  return { kind, lines: found, failures: failures.sort((a, b) => a.line - b.line) };
}

function toLine(utterance: Utterance, hasText: boolean): FoundLine {
  const { id, audioFilepath, text, line, file, source, places, quoted, offsetSec = 0, durationSec } = utterance;
  // Without an offset, the line's duration is that of the whole recording.
  const endSec =
    utterance.offsetSec === undefined || durationSec === undefined ? {} : { endSec: offsetSec + durationSec };
  return {
    ...{ id, audioFilepath, text, hasText, line, file, source },
    ...(places ? { places } : {}),
    ...(quoted ? { quoted } : {}),
    ...{ audio: resolve(dirname(file), audioFilepath), startSec: offsetSec },
    ...endSec,
  };
}

/** Lines of a file that lead to an utterance; Kaldi spreads it over several files. */
const placesIn = ({ line, file: own, places }: FoundLine, file: string): number[] => [
  ...(own === file ? [line] : []),
  ...Object.values(places ?? {}).flatMap((place) => (place.file === file ? [place.line] : [])),
];

/** Lines of a manifest that need only a `text`, or one that is a string. */
async function textlessLines({ utterances }: DataDocument, file: string, open: ReadonlyMap<string, string>) {
  const complete = new Set(utterances.map(({ line }) => line));
  const { utterances: all } = parseManifest(await readManifestText(file, open), file, { textless: true });
  return all.filter(({ line }) => !complete.has(line));
}

/** A Kaldi directory without `text` yet: each recording, or each segment, is an utterance without a transcript. */
async function readTextlessKaldi(file: string, open: ReadonlyMap<string, string>): Promise<DataDocument | undefined> {
  const folder = dirname(file);
  for (const name of ['segments', 'wav.scp']) {
    const list = await readManifestText(join(folder, name), open).catch(() => undefined);
    if (list === undefined) continue;
    const ids = [...numberedLines(list)].map(([line]) => line.split(/\s/)[0]!).filter((id) => id !== '');
    return readDocument(file, new Map([...open, [join(folder, 'text'), `${ids.join('\n')}\n`]]));
  }
  return undefined;
}
