import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAppender } from './appender.ts';

it('counts what it cuts of a torn line', () => {
  const directory = mkdtempSync(join(tmpdir(), 'appender-'));
  const file = join(directory, 'lines');
  writeFileSync(file, 'whole\ntorn');
  const appender = openAppender(file);
  expect(appender.cutBytes).toBe(4);
  appender.append('next\n');
  appender.close();
  expect(readFileSync(file, 'utf8')).toBe('whole\nnext\n');
  rmSync(directory, { recursive: true });
});

it.skipIf(process.platform !== 'linux')('throws what the disk refuses, at every try', () => {
  const appender = openAppender('/dev/full');
  expect(() => appender.append('kept\n')).toThrow('ENOSPC');
  expect(() => appender.flush()).toThrow('ENOSPC');
  appender.close();
});
