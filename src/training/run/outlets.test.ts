import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tensorBoardPython, unlessTensorBoard } from '../../../test/tensorBoard.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { type EventLog, openEventLog } from './eventLog.ts';
import { csvHeader } from './metricsCsv.ts';
import { type Outlets, openOutlets } from './outlets.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'outlets-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const stepsPerEpoch = 10;
const step = (n: number, loss: number): EngineEvent => ({
  kind: 'step',
  step: n,
  timeMs: 1_767_225_600_000 + n,
  epoch: Math.floor((n - 1) / stepsPerEpoch),
  loss,
  learningRate: 1e-7,
  gradientNorm: 2,
  audioSec: 30,
  durationMs: 500,
  waitMs: 1,
  graphMs: 400,
  updateMs: 20,
  featureMs: 100,
  queue: 3,
  paddingShare: 0.02,
  utterances: 8,
});
const evaluated = (epoch: number, wer: number): EngineEvent => ({
  kind: 'evaluated',
  step: (epoch + 1) * stepsPerEpoch,
  timeMs: 1_767_225_700_000,
  epoch,
  wer,
  cer: wer / 2,
  loss: 1,
  best: true,
  durationMs: 5,
  samples: [{ audioFilepath: 'a.wav', reference: 'a|b', hypothesis: 'ab' }],
});
const checkpoint = (n: number): EngineEvent => ({
  kind: 'checkpoint',
  step: n,
  timeMs: 1,
  epoch: 0,
  path: 'checkpoints/last',
  durationMs: 1,
});
const resumed = (n: number, epoch: number): EngineEvent => ({ kind: 'resumed', step: n, timeMs: 1, epoch });

/** One process: what it tells is in the log at once; what of it is in the outlets depends on how it ends. */
function start() {
  const log: EventLog = openEventLog(join(directory, 'events.jsonl'));
  const outlets: Outlets = openOutlets(directory);
  return {
    tell(...events: EngineEvent[]) {
      for (const event of events) {
        log.write(event);
        outlets.take(event);
      }
      return this;
    },
    end() {
      outlets.close();
      log.close();
    },
    kill: () => log.close(),
    outlets,
  };
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const rows = () =>
  readFileSync(join(directory, 'metrics.csv'), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
/** Step, and loss or error rate. */
const told = () => rows().map((row) => `${row[0]} ${row[3] || `wer ${row[17]}`}`);

/** A run killed twice, once with less in its outlets than in its checkpoint. */
function killedTwice() {
  start()
    .tell(...range(1, 12).map((n) => step(n, 1)), checkpoint(12), ...range(13, 15).map((n) => step(n, 1)))
    .kill();
  // The checkpoint was taken, its event was not written.
  start()
    .tell(
      resumed(14, 1),
      ...range(15, 20).map((n) => step(n, 2)),
      evaluated(1, 0.5),
      ...range(21, 24).map((n) => step(n, 2)),
    )
    .kill();
  // A checkpoint at the end of an epoch, before its evaluation.
  const last = start();
  last.tell(resumed(20, 1), evaluated(1, 0.4), ...range(21, 22).map((n) => step(n, 3)), evaluated(2, 0.3));
  last.end();
}
const expected = [
  ...range(1, 14).map((n) => `${n} 1`),
  ...range(15, 20).map((n) => `${n} 2`),
  '20 wer 0.4',
  '21 3',
  '22 3',
  '30 wer 0.3',
];

describe('metrics.csv', () => {
  it('has a row for each step and evaluation, with empty cells where nothing applies', () => {
    const run = start().tell(step(1, 4.5), step(2, 4), evaluated(0, 0.25));
    run.end();
    expect(readFileSync(join(directory, 'metrics.csv'), 'utf8')).toBe(
      `${csvHeader}1,1,2026-01-01T00:00:00.001Z,4.5,,,1e-7,2,,60,500,1,400,20,100,0.02,,,\n` +
        '2,1,2026-01-01T00:00:00.002Z,4,,,1e-7,2,,60,500,1,400,20,100,0.02,,,\n' +
        '10,1,2026-01-01T00:01:40.000Z,,,,,,,,,,,,,,1,0.25,0.125\n',
    );
  });

  it('has every step once after kills, whether it was ahead of the checkpoint or behind', () => {
    killedTwice();
    expect(told()).toEqual(expected);
  });

  it('is made anew from the events where it is gone, torn or of another form', () => {
    killedTwice();
    const whole = readFileSync(join(directory, 'metrics.csv'), 'utf8');
    for (const content of [undefined, '', whole.slice(0, 700), whole.slice(0, 10), 'a,b\n1,2\n']) {
      rmSync(join(directory, 'metrics.csv'), { force: true });
      if (content !== undefined) writeFileSync(join(directory, 'metrics.csv'), content);
      start().tell(resumed(22, 3)).end();
      expect(told()).toEqual(expected.slice(0, -1));
    }
  });

  it('that cannot be written is a problem once, and is caught up with when it can', () => {
    mkdirSync(join(directory, 'metrics.csv'));
    const run = start().tell(step(1, 1), checkpoint(1), step(2, 1), checkpoint(2));
    expect(run.outlets.takeProblem()).toMatchObject({ code: 'outlet', severity: 'warning' });
    expect(run.outlets.takeProblem()).toBe(undefined);
    rmSync(join(directory, 'metrics.csv'), { recursive: true });
    run.tell(step(3, 1), checkpoint(3));
    expect(told()).toEqual(['1 1', '2 1', '3 1']);
    run.end();
    expect(readdirSync(join(directory, 'tensorboard'))).toHaveLength(1);
  });
});

/** Steps and values by tag, as TensorBoard reads them. */
const reader = `
import json, sys
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "tensors": 0})
events.Reload()
scalars = {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}
texts = {tag: [[e.step, e.tensor_proto.string_val[0].decode()] for e in events.Tensors(tag)] for tag in events.Tags()["tensors"]}
print(json.dumps({"scalars": scalars, "texts": texts}))
`;

describe.skipIf(unlessTensorBoard)('TensorBoard', () => {
  it('reads each step once after kills, and drops what was superseded', () => {
    killedTwice();
    const { stdout, stderr } = spawnSync(tensorBoardPython, ['-c', reader, join(directory, 'tensorboard')]);
    expect(stdout.toString(), stderr.toString()).not.toBe('');
    const { scalars, texts } = JSON.parse(stdout.toString());
    const points = [
      ...scalars['loss/train'].map(([n, loss]: number[]) => [n, `${n} ${loss}`]),
      ...scalars['wer/dev'].map(([n, wer]: number[]) => [n, `${n} wer ${Math.round(10 * wer!) / 10}`]),
    ];
    expect(points.sort((a, b) => a[0] - b[0]).map(([, text]) => text)).toEqual(expected);
    expect(Object.keys(scalars).sort()).toEqual([
      'cer/dev',
      'gradient_norm',
      'learning_rate',
      'loss/dev',
      'loss/train',
      'speed/audio_sec_per_sec',
      'wer/dev',
    ]);
    expect(texts['samples/dev'].at(-1)).toEqual([30, '| reference | recognised |\n|---|---|\n| a\\|b | ab |']);
  }, 60_000);
});

it('writes nothing before there is something to tell', () => {
  start().tell(checkpoint(0)).end();
  expect(existsSync(join(directory, 'metrics.csv'))).toBe(false);
});
