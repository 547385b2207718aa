import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { logTailBytes } from '../../shared/protocol/profiler.ts';
import { renderAlert } from '../../shared/run/alert.ts';
import { readLog } from './runLog.ts';

describe('the log of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-log-'));
  });
  afterEach(() => fs.rmSync(folder, { recursive: true }));
  const write = (text: string) => fs.writeFileSync(path.join(folder, 'log.txt'), text);

  it('is read in whole lines, from where the last look ended', async () => {
    write('one\ntwo\nthr');
    const first = await readLog(folder, 0);
    expect(first).toEqual({ text: 'one\ntwo\n', startByte: 0, endByte: 8 });
    write('one\ntwo\nthree\n');
    expect(await readLog(folder, first.endByte)).toEqual({ text: 'three\n', startByte: 8, endByte: 14 });
  });

  it('is cut at its beginning, at a line', async () => {
    write(`${'x'.repeat(99)}\n`.repeat(2000));
    const { text, startByte, endByte } = await readLog(folder, 0);
    expect(text.length).toBeLessThanOrEqual(logTailBytes);
    expect(text.startsWith('x'.repeat(99))).toBe(true);
    expect([startByte % 100, endByte]).toEqual([0, 200_000]);
  });

  it('may be missing, shorter than it was, or beside an alert', async () => {
    expect(await readLog(folder, 5)).toEqual({ text: '', startByte: 0, endByte: 0 });
    write('new\n');
    const alert = { code: 'disk-full' as const, message: 'no space', sinceMs: 1 };
    fs.writeFileSync(path.join(folder, 'alert.json'), renderAlert(alert));
    expect(await readLog(folder, 5000)).toEqual({ text: 'new\n', startByte: 0, endByte: 4, alert });
  });
});
