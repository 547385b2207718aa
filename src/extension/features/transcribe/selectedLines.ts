import * as path from 'node:path';
import type * as vscode from 'vscode';
import { wordAtColumn } from '../../../asr/wordAtColumn.ts';
import { UserError } from '../../../shared/problem.ts';
import type { FoundLine, FoundLines } from '../../../shared/protocol/listen.ts';
import type { Transcription } from '../../services/transcription.ts';
import type { TranscriptSource } from './transcriptJob.ts';

/**
 * The recordings that the selected lines of an editor name, in their order; lines that name none become failures. A
 * single cursor within a transcript also says which word is meant. Throws a UserError when nothing is selected.
 */
export async function selectedLines(
  { document, selections }: vscode.TextEditor,
  transcription: Transcription,
): Promise<TranscriptSource[]> {
  const { uri } = document;
  if (uri.scheme !== 'file') throw new UserError('Only recordings on a disk can be transcribed.');
  const file = uri.fsPath;
  const found = await transcription.findLines(file, selections.map(linesOf));
  const sources = sourcesOf(file, found);
  if (sources.length === 0)
    throw new UserError('No line with a recording is selected: put the cursor on one, or select several.');
  const [cursor] = selections;
  if (selections.length > 1 || !cursor!.isEmpty || found.lines.length > 1) return sources;
  return sources.map((source) => {
    const focusWord = source.line && wordAt(source.line, document, cursor!.active);
    return focusWord === undefined ? source : { ...source, focusWord };
  });
}

/** What lines of a document name, in their order, with those that name nothing. */
export function sourcesOf(file: string, { lines, failures }: FoundLines): TranscriptSource[] {
  const found = lines.map((line) => ({
    ...{ at: line.line, name: `${path.basename(line.file)}:${line.line}`, audio: line.audio, line },
    ...{ startSec: line.startSec, ...(line.endSec === undefined ? {} : { endSec: line.endSec }) },
  }));
  const failed = failures.map(({ line, message }) => ({
    ...{ at: line, name: `${path.basename(file)}:${line}`, audio: '', startSec: 0, failure: message },
  }));
  return [...found, ...failed].sort((a, b) => a.at - b.at).map(({ at: _, ...source }) => source);
}

/** First and last line from 1; a selection that ends before the first character of a line leaves that line out. */
function linesOf({ start, end, isEmpty }: vscode.Selection): [number, number] {
  const last = !isEmpty && end.character === 0 ? end.line - 1 : end.line;
  return [start.line + 1, last + 1];
}

function wordAt(line: FoundLine, document: vscode.TextDocument, at: vscode.Position): number | undefined {
  const place = line.places?.text ?? line;
  if (!line.hasText || place.file !== document.uri.fsPath || place.line !== at.line + 1) return undefined;
  return wordAtColumn(line, document.lineAt(at.line).text, at.character + 1);
}
