import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { parseManifest } from '../../asr/manifest.ts';
import { normalizeText, splitWords, type TextConfig } from '../../asr/transcript.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { fileError } from '../../training/fileError.ts';
import { readUserFile } from '../experimentFile.ts';

/** What the marks of a language model are called cannot be a word of the text. */
const marks = new Set(['<s>', '</s>', '<unk>']);

/**
 * Sentences of texts (one a line) and manifests (`.jsonl`, their transcripts), as words in one case; empty ones are left
 * out. A manifest's faulty lines are reported. Throws a UserError for a file that cannot be read, and for a word that is
 * the name of a mark.
 */
export async function* readSentences(
  files: readonly string[],
  text: Pick<TextConfig, 'case'>,
  report: (problem: Problem) => void,
): AsyncGenerator<string[]> {
  for (const file of files) {
    const lines = file.endsWith('.jsonl') ? await transcripts(file, report) : textLines(file);
    for await (const { line, content } of lines) {
      const words = splitWords(normalizeText(content, text));
      const mark = words.find((word) => marks.has(word));
      if (mark !== undefined) {
        const message = `"${mark}" is the name of a mark of language models; remove it from the text`;
        throw new UserError(`${file}:${line}: ${message}`, [
          { code: 'lm-text', severity: 'error', message, file, line, column: 1 },
        ]);
      }
      if (words.length > 0) yield words;
    }
  }
}

interface TextLine {
  line: number;
  content: string;
}

async function transcripts(file: string, report: (problem: Problem) => void): Promise<TextLine[]> {
  const { utterances, problems } = parseManifest(await readUserFile(file, 'manifest'), file);
  for (const problem of problems) report(problem);
  return utterances.map(({ line, text }) => ({ line, content: text }));
}

async function* textLines(file: string): AsyncGenerator<TextLine> {
  const stream = createReadStream(file, 'utf8');
  let line = 0;
  try {
    for await (const content of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }))
      yield { line: ++line, content: line === 1 ? content.replace(/^\ufeff/, '') : content };
  } catch (error) {
    throw fileError(error, file, 'text');
  } finally {
    stream.destroy();
  }
}
