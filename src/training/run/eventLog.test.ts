import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../shared/run/events.ts';
import { openEventLog, readEvents } from './eventLog.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'events-'));
  file = join(directory, 'events.jsonl');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const resumed = (step: number): EngineEvent => ({ kind: 'resumed', step, timeMs: 1, epoch: 0 });
const append = (...events: EngineEvent[]) => {
  const log = openEventLog(file);
  for (const event of events) log.write(event);
  log.close();
};

describe('openEventLog', () => {
  it('appends to what is there', () => {
    append(resumed(1));
    append(resumed(2), resumed(3));
    expect(readEvents(file)).toEqual([resumed(1), resumed(2), resumed(3)]);
  });

  it('cuts a line that a crash tore, however long', () => {
    for (const torn of ['{', '{"kind":"resumed","step":9', 'x'.repeat(200_000)]) {
      rmSync(file, { force: true });
      append(resumed(1));
      appendFileSync(file, torn);
      append(resumed(2));
      expect(readEvents(file)).toEqual([resumed(1), resumed(2)]);
      expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
    }
  });

  it('empties a file that holds nothing but a torn line', () => {
    writeFileSync(file, '{"ki');
    append(resumed(1));
    expect(readEvents(file)).toEqual([resumed(1)]);
  });

  it('reads nothing where there is no log', () => expect(readEvents(file)).toEqual([]));
});
