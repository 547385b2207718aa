import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parseDigest, renderDigest } from '../../shared/run/digest.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { createRunModel, type RunModel, reduce, reduceAll } from '../../shared/run/runModel.ts';
import { createDigestWriter } from './digestWriter.ts';
import { openEventLog, readEvents } from './eventLog.ts';
import { readRunModel } from './readRunModel.ts';

let directory: string;
const events = () => join(directory, 'events.jsonl');
const digestFile = () => join(directory, 'digest.json');
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'digest-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const step = (n: number, loss: number): EngineEvent => ({
  kind: 'step',
  step: n,
  timeMs: n,
  epoch: 0,
  loss,
  learningRate: 0.1,
  gradientNorm: loss / 3,
  audioSec: 30,
  durationMs: 500,
  waitMs: 1,
  paddingShare: 0,
  utterances: 8,
});
const problem = (message: string): EngineEvent => ({
  kind: 'problem',
  step: 0,
  timeMs: 1,
  severity: 'warning',
  code: 'x',
  message,
});

/** A process of the run: it writes events, a digest every hundredth of them, and ends in the middle of a line. */
async function run(from: number, to: number, loss: number, { torn = true } = {}): Promise<void> {
  let model: RunModel = readRunModel(directory);
  const log = openEventLog(events());
  let nowMs = 0;
  const digest = createDigestWriter(directory, log, () => nowMs);
  const tell = (event: EngineEvent) => {
    log.write(event);
    model = reduce(model, event);
    digest.offer(model);
  };
  if (from > 1) tell({ kind: 'resumed', step: from - 1, timeMs: 1, epoch: 0 });
  for (let n = from; n <= to; n++) {
    tell(step(n, loss + n / 7));
    if (n % 50 === 0) tell({ kind: 'checkpoint', step: n, timeMs: 1, epoch: 0, path: 'x', durationMs: 1, pauseMs: 2 });
    if (n % 100 === 0) {
      tell(problem(`größer ${n}`));
      // What is written while the digest is, is not in it.
      tell(problem('before it'));
      nowMs += 61_000;
      tell(problem('makes the digest'));
      tell(problem('after it'));
      const offered = () => {
        const step = usedDigest()?.model.step;
        // Its turn comes when an earlier one is done. None is left under way: the next process would write beside it.
        if (step !== n) {
          nowMs += 61_000;
          digest.offer(model);
        }
        expect(step).toBe(n);
      };
      await vi.waitFor(offered, { timeout: 20_000, interval: 2 });
    }
  }
  if (!torn) await digest.finish(model);
  log.close();
  if (torn) appendFileSync(events(), '{"kind":"step","st');
}

const fromAll = () => reduceAll(createRunModel(), readEvents(events()));
const usedDigest = () =>
  existsSync(digestFile()) ? parseDigest(readFileSync(digestFile(), 'utf8'), statSync(events()).size) : undefined;

describe('readRunModel', () => {
  it('is the reduction of all events, from a digest and its tail, across kills and resumes', async () => {
    await run(1, 240, 1);
    expect(usedDigest()?.model.step).toBe(200);
    expect(readRunModel(directory)).toEqual(fromAll());
    await run(201, 1730, 2);
    expect(usedDigest()?.model.step).toBe(1700);
    expect(readRunModel(directory)).toEqual(fromAll());
    // Back behind the digest.
    await run(1601, 1650, 3);
    expect(usedDigest()?.model.step).toBe(1700);
    expect(readRunModel(directory)).toEqual(fromAll());
    await run(1651, 1660, 4, { torn: false });
    expect(usedDigest()?.offset).toBe(statSync(events()).size);
    expect(readRunModel(directory)).toEqual(fromAll());
    expect(readRunModel(directory).step).toBe(1660);
  }, 60_000);

  it('goes by the digest, so that it need not read what is before it', async () => {
    await run(1, 100, 1, { torn: false });
    const { model } = usedDigest()!;
    writeFileSync(digestFile(), renderDigest(statSync(events()).size, { ...model, step: 12_345 }));
    expect(readRunModel(directory).step).toBe(12_345);
  });

  it('does without a digest that is torn, of another form, or of more or other lines than there are', async () => {
    await run(1, 120, 1, { torn: false });
    const whole = readFileSync(digestFile(), 'utf8');
    const { offset, model } = usedDigest()!;
    const wrong = { ...model, step: -1 };
    for (const text of [
      '',
      whole.slice(0, 999),
      '{}',
      whole.replace('"version":', '"version":9'),
      renderDigest(offset - 1, wrong),
    ]) {
      writeFileSync(digestFile(), text);
      expect(readRunModel(directory)).toEqual(fromAll());
    }
    writeFileSync(digestFile(), renderDigest(offset, wrong));
    truncateSync(events(), offset - 10);
    expect(readRunModel(directory)).toEqual(fromAll());
  });

  it('is a fresh model where there are no events', () => {
    expect(readRunModel(directory)).toEqual(createRunModel());
    writeFileSync(digestFile(), renderDigest(10, { ...createRunModel(), step: 5 }));
    expect(readRunModel(directory)).toEqual(createRunModel());
  });
});
