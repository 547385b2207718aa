import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { modelStamp } from './modelStamp.ts';

test('a run has another stamp once its best checkpoint is replaced, and not when its log grows', async () => {
  const run = mkdtempSync(join(tmpdir(), 'stamp-'));
  const write = (name: string) => {
    mkdirSync(join(run, 'checkpoints', name), { recursive: true });
    writeFileSync(join(run, 'checkpoints', name, 'state.json'), '{}');
  };
  try {
    write('last');
    const onlyLast = await modelStamp(run);
    write('best');
    const first = await modelStamp(run);
    expect(first).not.toBe(onlyLast);
    writeFileSync(join(run, 'events.jsonl'), '{}\n');
    rmSync(join(run, 'checkpoints', 'last'), { recursive: true });
    write('last');
    expect(await modelStamp(run)).toBe(first);
    // As training replaces it: a fresh directory takes the name.
    write('fresh');
    renameSync(join(run, 'checkpoints', 'best'), join(run, 'checkpoints', 'old'));
    renameSync(join(run, 'checkpoints', 'fresh'), join(run, 'checkpoints', 'best'));
    expect(await modelStamp(run)).not.toBe(first);
  } finally {
    rmSync(run, { recursive: true });
  }
});
