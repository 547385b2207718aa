import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../src/dsp/writeWav.ts';
import {
  type ClipOwner,
  type ClipWorker,
  clipOwnerChecks,
} from '../../src/extension/features/spectrogram/workerProtocol.ts';
import { workerPort } from '../../src/extension/services/ports.ts';
import { defaultFeatures } from '../../src/shared/config/defaultFeatures.ts';
import { UserError } from '../../src/shared/problem.ts';
import { connect, type Remote } from '../../src/shared/protocol/channel.ts';
import { mixedChannels } from '../../src/shared/protocol/spectrogram.ts';

const sampleRateHz = 16_000;
const folder = mkdtempSync(join(tmpdir(), 'asr-changing-'));
afterAll(() => rmSync(folder, { recursive: true }));

const recording = (durationSec: number): Uint8Array =>
  writeWav([Float32Array.from({ length: durationSec * sampleRateHz }, (_, i) => 0.5 * Math.sin(i / 9))], sampleRateHz);
const twoMinutes = recording(120);
const halfMinute = recording(30);

/** What may happen to a file, and what opening it again must say. */
const changes: [name: string, change: (path: string) => void, expected: object][] = [
  ['cut to half', (path) => truncateSync(path, 1_920_000), { readable: true, problems: [{ code: 'audio-truncated' }] }],
  ['cut within its header', (path) => truncateSync(path, 30), { readable: false }],
  ['emptied', (path) => truncateSync(path, 0), { readable: false }],
  ['grown', (path) => appendFileSync(path, new Uint8Array(100_000)), { readable: true, facts: { samples: 1_920_000 } }],
  ['replaced by another', replace(halfMinute), { readable: true, facts: { samples: 480_000 } }],
  [
    'written over by another',
    (path) => writeFileSync(path, halfMinute),
    { readable: true, facts: { samples: 480_000 } },
  ],
  ['replaced by text', replace(Buffer.from('not a recording')), { readable: false }],
  ['deleted', (path) => rmSync(path), { readable: false, problems: [{ code: 'file-missing' }] }],
  ['replaced by a folder', becomes((path) => mkdirSync(path)), { readable: false }],
  ['replaced by a pipe', becomes((path) => execFileSync('mkfifo', [path])), { readable: false }],
];

function replace(bytes: Uint8Array): (path: string) => void {
  return (path) => {
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
  };
}

function becomes(make: (path: string) => void): (path: string) => void {
  return (path) => {
    rmSync(path);
    make(path);
  };
}

describe('a recording that changes while it is open', () => {
  // One thread lives through all of it.
  const clip = startWorker();
  afterAll(clip.stop);

  it.each(changes)(
    `row 15: is %s while it is read: typed answers, then the truth (2 times)`,
    async (_, change, expected) => {
      const { remote } = clip;
      const path = join(folder, 'clip.wav');
      for (const moment of ['before its picture', 'while it is analysed']) {
        rmSync(path, { force: true, recursive: true });
        writeFileSync(path, twoMinutes);
        expect(await remote.open({ path }, 'clip.wav')).toMatchObject({ readable: true, problems: [] });
        const early = moment === 'before its picture' ? undefined : await openPicture(remote);
        change(path);
        const picture = early ?? (await openPicture(remote).catch(expectTyped));
        await askForEverything(remote, picture?.id ?? 1);
        expect(await soon(remote.open({ path }, 'clip.wav'))).toMatchObject(expected);
        rmSync(path, { force: true, recursive: true });
        writeFileSync(path, twoMinutes);
        expect(await soon(remote.open({ path }, 'clip.wav'))).toMatchObject({ readable: true, problems: [] });
        const { id } = await openPicture(remote);
        expect((await soon(remote.spectrogramTile(id, 0, 40, true))).complete).toBe(true);
      }
    },
  );
});

const openPicture = (remote: Remote<ClipWorker>) =>
  soon(remote.openPicture(mixedChannels, { kind: 'training', features: defaultFeatures }));

/** Every request is answered: with what there is, or with an error made for people. */
async function askForEverything(remote: Remote<ClipWorker>, picture: number): Promise<void> {
  const asked: Promise<unknown>[] = [];
  for (const whole of [false, true])
    for (const [level, index] of [
      [0, 0],
      [0, 46],
      [3, 5],
      [5, 0],
      [6, 0],
    ] as const) {
      asked.push(remote.spectrogramTile(picture, level, index, whole));
      asked.push(remote.waveformTile(mixedChannels, level + 5, index, whole));
    }
  for (const start of [0, 1_000_000, 1_919_000]) asked.push(remote.samples(mixedChannels, start, 16_000));
  await Promise.all(asked.map((one) => soon(one).catch(expectTyped)));
}

function expectTyped(error: unknown): undefined {
  // Before the recording is known to be unreadable nothing has been promised of its pictures.
  const known = error instanceof UserError || /no recording is open|there is no picture/.test(String(error));
  expect(known, String(error)).toBe(true);
}

/** An answer must come, be it an error. */
function soon<T>(answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer within 20 s')), 20_000);
  });
  return Promise.race([answer, late]).finally(() => clearTimeout(timer));
}

function startWorker() {
  const thread = new Worker(new URL('../../src/extension/features/spectrogram/worker/clipWorker.ts', import.meta.url));
  const owner = Object.fromEntries(Object.keys(clipOwnerChecks).map((method) => [method, () => {}]));
  const { remote, dispose } = connect<ClipOwner, ClipWorker>(workerPort(thread), owner as never, clipOwnerChecks);
  // A thread that dies answers nobody: every call fails at once, and with it the test.
  thread.once('error', dispose);
  return {
    remote,
    async stop() {
      dispose();
      await thread.terminate();
    },
  };
}
