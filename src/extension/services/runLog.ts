import { open, readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { type LogPart, logTailBytes } from '../../shared/protocol/profiler.ts';
import { parseAlert } from '../../shared/run/alert.ts';
import { runFiles } from '../../shared/run/layout.ts';

/** What a run has printed from a byte on, in whole lines, and what keeps it from going on. */
export async function readLog(directory: string, fromByte: number): Promise<LogPart> {
  const text = await readFile(path.join(directory, runFiles.alert), 'utf8').catch(() => '');
  const alert = parseAlert(text);
  return { ...(await readLines(path.join(directory, runFiles.log), fromByte)), ...(alert ? { alert } : {}) };
}

async function readLines(path: string, fromByte: number): Promise<LogPart> {
  const file = await open(path).catch(() => undefined);
  if (!file) return { text: '', startByte: 0, endByte: 0 };
  try {
    const { size } = await file.stat();
    // A log that became shorter is another one.
    const from = fromByte >= 0 && fromByte <= size ? fromByte : 0;
    const startByte = Math.max(from, size - logTailBytes);
    const block = Buffer.alloc(size - startByte);
    const { bytesRead } = await file.read(block, 0, block.length, startByte);
    const first = startByte > from ? block.indexOf(10) + 1 : 0;
    const end = bytesRead === 0 ? 0 : block.lastIndexOf(10, bytesRead - 1) + 1;
    const last = Math.max(first, end);
    return { text: block.toString('utf8', first, last), startByte: startByte + first, endByte: startByte + last };
  } finally {
    await file.close();
  }
}
