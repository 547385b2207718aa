import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTerminal } from '../../src/engine/terminal.ts';
import { openRunLog } from '../../src/engine/train/runLog.ts';
import { createRandom, type Random } from '../../src/shared/random.ts';
import { parseStepBatch, renderStepBatch } from '../../src/shared/run/batchLines.ts';
import { parseDigest, renderDigest } from '../../src/shared/run/digest.ts';
import { renderEvent } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { createRunModel, reduceAll } from '../../src/shared/run/runModel.ts';
import { openAppender } from '../../src/training/run/appender.ts';
import { type CheckpointTensors, findNewestCheckpoint, saveCheckpoint } from '../../src/training/run/checkpoints.ts';
import { faultSeed, times } from './faultTimes.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'damaged-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const tensorsAt = (step: number): CheckpointTensors => ({
  model: [{ name: 'w', shape: [2], data: Float32Array.of(step, 0.1) }],
  optimizer: [{ name: 'updates', shape: [1], data: Int32Array.of(step) }],
});
const save = (step: number, name: string) =>
  saveCheckpoint([join(directory, name)], step, { note: step }, tensorsAt(step));

/** What a crash of the machine leaves of the end of a file: nothing, zeros to the old end, or zeros to the end of a block. */
function tear(bytes: Buffer, random: Random): { bytes: Buffer; at: number } {
  const at = random.below(bytes.length);
  const kept = bytes.subarray(0, at);
  const zeros = [0, bytes.length - at, (4096 - (at % 4096)) % 4096][random.below(3)]!;
  return { bytes: Buffer.concat([kept, Buffer.alloc(zeros)]), at };
}

/** Some of everything that a run tells. */
function someEvents(random: Random): EngineEvent[] {
  const common = { learningRate: 0.1, gradientNorm: 1, audioSec: 3, durationMs: 5, waitMs: 1, paddingShare: 0 };
  return Array.from({ length: 40 }, (_, i): EngineEvent => {
    const base = { step: i + 1, timeMs: 1000 + i, epoch: 0 };
    if (i % 9 === 8) return { kind: 'checkpoint', ...base, path: 'checkpoints/last', durationMs: 2 };
    if (i % 7 === 6) return { kind: 'problem', ...base, severity: 'warning', code: 'odd', message: 'tést\n"x"' };
    return { kind: 'step', ...base, loss: random.next(), ...common, utterances: 4 };
  });
}

const trials = times(100, 1000);

it(`row 3: a log that a crash tore goes on after its last whole line, and says so (${trials} times)`, async () => {
  for (let trial = 0; trial < trials; trial++) {
    const random = createRandom(faultSeed, 'torn log', trial);
    const events = someEvents(random);
    const lines = events.map(renderEvent);
    const torn = tear(Buffer.from(lines.join('')), random);
    const run = join(directory, `run${trial}`);
    mkdirSync(run);
    writeFileSync(join(run, 'events.jsonl'), torn.bytes);
    let said = '';
    const stream = { write: (text: string) => (said += text) };
    const terminal = createTerminal(false, { out: stream, error: stream }, () => 0);
    const log = openRunLog(run, terminal, { step: () => 0, isToStop: () => false });
    let end = 0;
    const whole = lines.findIndex((line) => {
      end += Buffer.byteLength(line);
      return end > torn.at;
    });
    const left = events.slice(0, whole === -1 ? events.length : whole);
    const model = reduceAll(createRunModel(), left);
    expect(log.model.history.concat(log.model.recent)).toEqual(model.history.concat(model.recent));
    const wasTorn = torn.bytes.length > 0 && torn.bytes.at(-1) !== 10;
    expect(said.includes('1 line that a crash tore is left out of')).toBe(wasTorn);
    log.emit(events.at(-1)!);
    await log.close();
    const again = openRunLog(run, terminal, { step: () => 0, isToStop: () => false });
    expect(again.model).toMatchObject({ step: 40, problemCount: model.problemCount + (wasTorn ? 1 : 0) });
    await again.close();
  }
});

it('torn lines of batches and a torn digest are not taken for whole ones', () => {
  for (let trial = 0; trial < trials; trial++) {
    const random = createRandom(faultSeed, 'torn batches', trial);
    const lines = Array.from({ length: 9 }, (_, step) => renderStepBatch({ step, epoch: 0, utterances: [] }));
    const file = join(directory, 'batches.jsonl');
    const torn = tear(Buffer.from(lines.join('')), random);
    writeFileSync(file, torn.bytes);
    const appender = openAppender(file);
    appender.append(lines[0]!);
    appender.close();
    const left = readFileSync(file, 'utf8').trim().split('\n').map(parseStepBatch);
    const whole = Math.floor(torn.at / lines[0]!.length);
    expect(left.map((batch) => batch?.step)).toEqual([...Array.from({ length: whole }, (_, step) => step), 0]);
    const digest = renderDigest(100, createRunModel());
    expect(parseDigest(tear(Buffer.from(digest), random).bytes.toString(), 100)).toBeUndefined();
  }
});

it(`row 3: of a torn checkpoint nothing is used, and the one before is (${trials} times)`, async () => {
  await save(1, 'best');
  await save(2, 'last');
  const names = readdirSync(join(directory, 'last'));
  for (let trial = 0; trial < trials; trial++) {
    const random = createRandom(faultSeed, 'torn checkpoint', trial);
    const file = join(directory, 'last', names[random.below(names.length)]!);
    const bytes = readFileSync(file);
    writeFileSync(file, tear(bytes, random).bytes);
    const { checkpoint, rejected } = await findNewestCheckpoint(directory);
    if (readFileSync(file).equals(bytes) || isSameJson(file, bytes)) expect(checkpoint?.step).toBe(2);
    else {
      expect(checkpoint).toMatchObject({ step: 1, tensors: tensorsAt(1) });
      expect(rejected).toEqual([expect.stringContaining('damaged')]);
    }
    writeFileSync(file, bytes);
  }
});

const flips = 1200;

it(`row 6: every flipped bit and every truncation of a checkpoint is caught before it is used (${flips} times)`, async () => {
  await save(1, 'best');
  await save(2, 'last');
  const names = readdirSync(join(directory, 'last'));
  for (let trial = 0; trial < flips; trial++) {
    const random = createRandom(faultSeed, 'flip', trial);
    const file = join(directory, 'last', names[random.below(names.length)]!);
    const bytes = readFileSync(file);
    const at = random.below(bytes.length);
    if (trial % 3 === 0) writeFileSync(file, bytes.subarray(0, at));
    else writeFileSync(file, bytes.with(at, bytes[at]! ^ (1 << random.below(8))));
    const { checkpoint, rejected } = await findNewestCheckpoint(directory);
    // Space at the end of the JSON carries nothing, so a change there is none.
    if (checkpoint?.step === 2) expect(isSameJson(file, bytes)).toBe(true);
    else expect([checkpoint?.step, checkpoint?.tensors, rejected.length]).toEqual([1, tensorsAt(1), 1]);
    writeFileSync(file, bytes);
  }
});

function isSameJson(file: string, bytes: Buffer): boolean {
  try {
    return JSON.stringify(JSON.parse(readFileSync(file, 'utf8'))) === JSON.stringify(JSON.parse(bytes.toString()));
  } catch {
    return false;
  }
}
