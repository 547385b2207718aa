import type { Problem } from '../../shared/problem.ts';
import { type DataDocument, encodingProblem, maxLineCharacters, numberedLines, tooLongLine } from './dataDocument.ts';

/**
 * LibriSpeech's `<speaker>-<chapter>.trans.txt`: lines of `id words`, each recording `id.flac` or `id.wav` beside it.
 * `siblings` are the names in the folder of the list.
 */
export function parseTranscriptList(text: string, file: string, siblings: ReadonlySet<string>): DataDocument {
  const document: DataDocument = { kind: 'transcripts', utterances: [], problems: [], excluded: 0 };
  const encoding = encodingProblem(text, file);
  if (encoding) return { ...document, problems: [encoding] };
  const seen = new Map<string, number>();
  for (const [source, line] of numberedLines(text)) {
    const report = (code: string, message: string, severity: Problem['severity'] = 'error') =>
      document.problems.push({ code, severity, message, file, line, column: 1 });
    const match = source.length > maxLineCharacters ? undefined : /^(\s*)(\S+)(\s*)(.*)$/s.exec(source);
    if (!match) {
      if (source.trim() !== '') report('transcription-line', tooLongLine(source));
      continue;
    }
    const [, indent, id, gap, words] = match as unknown as [string, string, string, string, string];
    const first = seen.get(id);
    if (first !== undefined) report('manifest-duplicate', `the same recording as line ${first}`, 'warning');
    else seen.set(id, line);
    const idEnd = indent.length + id.length;
    // One space parts the two; what follows it is the transcript's own.
    const textFrom = idEnd + Math.min(1, gap.length);
    const dash = id.indexOf('-');
    document.utterances.push({
      id: first === undefined ? id : `${id}#${line}`,
      audioFilepath: siblings.has(`${id}.wav`) && !siblings.has(`${id}.flac`) ? `${id}.wav` : `${id}.flac`,
      text: gap.slice(1) + words,
      ...(dash > 0 ? { speaker: id.slice(0, dash) } : {}),
      line,
      file,
      source,
      places: {
        audio: { file, line, column: indent.length + 1, endColumn: idEnd + 1 },
        text: { file, line, column: textFrom + 1, endColumn: source.length + 1 },
        ...(dash > 0
          ? { speaker: { file, line, column: indent.length + 1, endColumn: indent.length + 1 + dash } }
          : {}),
      },
    });
  }
  return document;
}
