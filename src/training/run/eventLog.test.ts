import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EngineEvent } from '../../shared/run/events.ts';
import { openEventLog, readBlocks, readEvents, readEventsSince } from './eventLog.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'events-'));
  file = join(directory, 'events.jsonl');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const resumed = (step: number): EngineEvent => ({ kind: 'resumed', step, timeMs: 1, epoch: 0 });
const problem = (message: string): EngineEvent => ({
  ...{ kind: 'problem', step: 1, timeMs: 1, severity: 'info', code: 'x' },
  message,
});
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

  it('reads from any offset the lines that begin there or later', () => {
    const log = openEventLog(file);
    const lines = Array.from({ length: 700 }, (_, i) => problem('€'.repeat(i)));
    for (const event of lines) log.write(event);
    expect(log.bytes).toBe(statSync(file).size);
    log.close();
    expect(readEvents(file)).toEqual(lines);
    const text = readFileSync(file);
    for (const offset of [0, 1, 2 ** 19, text.indexOf(10), text.indexOf(10) + 1, text.length]) {
      const found: EngineEvent[] = [];
      readBlocks(file, offset, (block) => found.push(...block));
      const skipped = text.subarray(0, offset).toString('latin1').split('\n').length - 1;
      const inside = offset > 0 && text[offset - 1] !== 10;
      expect(found).toEqual(lines.slice(skipped + (inside ? 1 : 0)));
    }
  });

  it('reads enough of its end to have every event since a step', () => {
    const filler = 'x'.repeat(1000);
    const steps = Array.from({ length: 5000 }, (_, i) => ({ kind: 'step', step: i + 1, timeMs: i, filler }));
    writeFileSync(file, steps.map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect(statSync(file).size).toBeGreaterThan(2 ** 22);
    const since = (step: number) => readEventsSince(file, step).map((event) => event.step);
    const late = since(4990);
    expect(late.length).toBeLessThan(5000);
    expect(late.slice(late.indexOf(4990))).toEqual(steps.slice(4989).map(({ step }) => step));
    expect(since(5)).toHaveLength(5000);
    expect(since(0)).toHaveLength(5000);
  });

  it('reads nothing where there is no log', () => expect(readEvents(file)).toEqual([]));
});
