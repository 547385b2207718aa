import { type BatchLineHead, parseBatchLineHead, parseStepBatch, type StepBatch } from './batchLines.ts';

/** Random access to `batches.jsonl`, which may be growing: bytes after its last line break do not count. */
export interface ByteRanges {
  readonly size: number;
  /** The bytes [offset, offset + length), fewer where the file ends. */
  read(offset: number, length: number): Promise<Uint8Array>;
}

/**
 * What a step took; undefined when no line says so, or when the run went back behind it. Reads a few blocks of a file of
 * any length: steps ascend within a stretch, and each line names the byte at which its stretch begins.
 */
export async function findStepBatch(file: ByteRanges, step: number): Promise<StepBatch | undefined> {
  const line = await lastLineUpTo(file, step);
  return line?.head?.step === step ? parseStepBatch(line.text) : undefined;
}

/** Length of the part of the file that tells of the steps up to `step`. */
export async function bytesUpToStep(file: ByteRanges, step: number): Promise<number> {
  return (await lastLineUpTo(file, step))?.to ?? 0;
}

interface Line {
  text: string;
  from: number;
  /** After its line break. */
  to: number;
  /** Absent where a damaged disk left something else. */
  head: BatchLineHead | undefined;
}

/** The line of the highest step that is not above `step`, among those that no later stretch supersedes. */
async function lastLineUpTo(file: ByteRanges, step: number): Promise<Line | undefined> {
  let end = await endOfLines(file);
  while (end > 0) {
    const last = await lineAt(file, end - 1);
    const start = last.head && last.head.start < end ? last.head.start : 0;
    const first = last.head && (await lineAt(file, start));
    if (first && (first.head?.step ?? 0) <= step) return bisect(file, start, end, step);
    end = last.head ? start : last.from;
  }
  return undefined;
}

async function bisect(file: ByteRanges, from: number, to: number, step: number): Promise<Line | undefined> {
  let found: Line | undefined;
  let [low, high] = [from, to];
  while (low < high) {
    const middle = await lineAt(file, low + Math.floor((high - low) / 2));
    let line = middle;
    while (!line.head && line.to < high) line = await lineAt(file, line.to);
    if (line.head && line.head.step <= step) {
      found = line;
      low = line.to;
    } else high = middle.from;
  }
  return found;
}

const blockBytes = 8192;
const lineBreak = 10;

async function endOfLines(file: ByteRanges): Promise<number> {
  for (let end = file.size; end > 0; ) {
    const from = Math.max(0, end - blockBytes);
    const found = (await file.read(from, end - from)).lastIndexOf(lineBreak);
    if (found >= 0) return from + found + 1;
    end = from;
  }
  return 0;
}

/** The line that holds the byte at `position`. */
async function lineAt(file: ByteRanges, position: number): Promise<Line> {
  for (let reach = blockBytes; ; reach *= 2) {
    const from = Math.max(0, position - reach);
    const bytes = await file.read(from, Math.min(file.size, position + reach) - from);
    const before = position === from ? -1 : bytes.lastIndexOf(lineBreak, position - from - 1);
    const after = bytes.indexOf(lineBreak, position - from);
    if ((before < 0 && from > 0) || (after < 0 && position + reach < file.size)) continue;
    const end = after < 0 ? bytes.length : after + 1;
    const text = new TextDecoder().decode(bytes.subarray(before + 1, end));
    return { text, from: from + before + 1, to: from + end, head: parseBatchLineHead(text) };
  }
}
