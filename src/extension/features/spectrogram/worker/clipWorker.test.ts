import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { recordingsFolder } from '../../../../../test/recordings.ts';
import { defaultFeatures } from '../../../../shared/config/defaultFeatures.ts';
import { connect, type Remote } from '../../../../shared/protocol/channel.ts';
import { mixedChannels, type SurveyProgress } from '../../../../shared/protocol/spectrogram.ts';
import { topLevel } from '../../../../shared/protocol/spectrogramTiles.ts';
import { workerPort } from '../../../services/ports.ts';
import { type ClipOwner, type ClipWorker, clipOwnerChecks } from '../workerProtocol.ts';

const scratch = mkdtempSync(join(tmpdir(), 'asr-clip-worker-'));
afterAll(() => rmSync(scratch, { recursive: true }));

describe('the worker beside a recording', () => {
  let worker: Worker;
  let remote: Remote<ClipWorker>;
  let progress: SurveyProgress[];

  beforeEach(() => {
    worker = new Worker(new URL('./clipWorker.ts', import.meta.url));
    progress = [];
    const local: ClipOwner = { surveyed: (one) => void progress.push(one), worked: () => {} };
    ({ remote } = connect<ClipOwner, ClipWorker>(workerPort(worker), local, clipOwnerChecks));
  });
  afterEach(() => worker.terminate());

  const openFile = (path: string) => remote.open({ path }, 'clip.wav');
  const openDefault = () => remote.openPicture(mixedChannels, { kind: 'training', features: defaultFeatures });
  const openReadable = async (path: string) => {
    const clip = await openFile(path);
    if (!clip.readable) throw new Error(clip.problems.map(({ message }) => message).join());
    return clip;
  };

  it('says why a file cannot be shown', async () => {
    const missing = await openFile(join(scratch, 'missing.wav'));
    expect(missing).toMatchObject({ readable: false, problems: [{ code: 'file-missing' }] });
    const text = join(scratch, 'text.wav');
    writeFileSync(text, 'not a recording');
    expect(await openFile(text)).toMatchObject({ readable: false, sizeBytes: 15, problems: [{ severity: 'error' }] });
    expect(await openFile(scratch)).toMatchObject({ readable: false });
  });

  it('serves bytes that are on no disk', async () => {
    const bytes = toneWav(16_000).buffer as ArrayBuffer;
    const clip = await remote.open({ bytes }, 'clip.wav');
    expect(clip).toMatchObject({ readable: true, facts: { samples: 16_000, sizeBytes: bytes.byteLength } });
    const samples = new Float32Array(await remote.samples(mixedChannels, 15_990, 100));
    expect(samples.length).toBe(10);
  });

  it('tells a view that comes later what is known of the samples', async () => {
    const path = join(scratch, 'tone.wav');
    writeFileSync(path, toneWav(16_000));
    await openReadable(path);
    const { id } = await openDefault();
    await remote.spectrogramTile(id, 0, 0, true);
    expect((await openDefault()).id).toBe(id);
    await until(() => progress.length >= 2);
    expect(progress.map(({ done }) => done)).toEqual([1, 1]);
    expect(progress[0]!.peak).toBeCloseTo(0.5, 2);
  });

  it('finds speech beside the picture, while somebody asks', async () => {
    const path = join(scratch, 'tone.wav');
    writeFileSync(path, toneWav(16_000 * 50));
    await openReadable(path);
    let found = await remote.speech(mixedChannels, 0);
    const shares = [found.done];
    for (let heard = found.segments.length; !found.complete; heard += found.segments.length) {
      found = await remote.speech(mixedChannels, heard);
      shares.push(found.done);
    }
    expect(shares.at(-1)).toBe(1);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    // Asked again from the start, all is known.
    expect(await remote.speech(mixedChannels, 0)).toMatchObject({ done: 1, complete: true });
  });

  it('shows more of a recording that is being written, and it again after it was away', async () => {
    const path = join(scratch, 'growing.wav');
    // The header of a recorder that does not know yet how long it will be.
    const whole = toneWav(16_000 * 3);
    new DataView(whole.buffer).setUint32(40, 0, true);
    writeFileSync(path, whole.subarray(0, 44 + 2 * 16_000));
    expect((await openReadable(path)).facts.samples).toBe(16_000);
    const before = await openDefault();
    appendFileSync(path, whole.subarray(44 + 2 * 16_000));
    expect((await openReadable(path)).facts.samples).toBe(48_000);
    const after = await openDefault();
    expect([before.grid.units, after.grid.units]).toEqual([101, 301]);
    // What was there already is the same, up to the frames that the old end was in.
    const level = Uint8Array.from(new Uint8Array((await remote.spectrogramTile(after.id, 0, 0, true)).data));
    expect(level.length).toBe(256 * 80);
    expect(new Float32Array(await remote.samples(mixedChannels, 47_990, 100)).length).toBe(10);
    renameSync(path, `${path}.away`);
    expect(await openFile(path)).toMatchObject({ readable: false, problems: [{ code: 'file-missing' }] });
    await expect(openDefault()).rejects.toThrow(/no recording/);
    renameSync(`${path}.away`, path);
    expect((await openReadable(path)).facts.samples).toBe(48_000);
  });

  it('reports a file that became shorter while it was open, and opens it again', async () => {
    const path = join(scratch, 'shrinking.wav');
    writeFileSync(path, toneWav(16_000 * 70));
    await openReadable(path);
    const { id } = await openDefault();
    truncateSync(path, 44 + 2 * 16_000);
    await expect(remote.spectrogramTile(id, 0, 5, false)).rejects.toThrow(/shorter|changed/);
    const again = await openReadable(path);
    expect(again.facts.samples).toBe(16_000);
    expect(again.problems.length).toBeGreaterThan(0);
    const shorter = await openDefault();
    expect((await remote.spectrogramTile(shorter.id, 0, 0, true)).complete).toBe(true);
  });

  const recordings = recordingsFolder();
  it.skipIf(!recordings)('survives every odd file, and shows those that can be shown', async () => {
    const folder = join(recordings!, 'wav-zoo/files');
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThan(150);
    const expected = expectedOfZoo(join(recordings!, 'wav-zoo/expected.jsonl'));
    let shown = 0;
    for (const file of files) {
      const path = join(scratch, 'zoo.wav');
      copyFileSync(join(folder, file), path);
      const clip = await openFile(path);
      const chunks = await remote.headerChunks();
      expect(chunks.length, file).toBeGreaterThan(0);
      const { verdict, sample_rate, channels, frames } = expected.get(file)!;
      if (verdict === 'error') expect(clip.readable, file).toBe(false);
      if (!clip.readable) {
        expect(clip.problems.length, file).toBeGreaterThan(0);
        // What every other tool reads is refused only where it is another format, which is named.
        if (verdict.startsWith('ok')) expect(clip.problems[0]!.code, file).toBe('audio-container');
        continue;
      }
      if (verdict.startsWith('ok'))
        expect(clip.facts, file).toMatchObject({ sampleRateHz: sample_rate, channels, samples: frames });
      if (clip.facts.samples === 0) continue;
      const { id, grid, features, loudness } = await openDefault();
      const { minDb, stepDb, lowDb, highDb } = loudness;
      expect([minDb, stepDb, lowDb, highDb].every(Number.isFinite), file).toBe(true);
      expect(highDb, file).toBeGreaterThan(lowDb);
      const level = topLevel(grid);
      const cells = new Uint8Array((await remote.spectrogramTile(id, level, 0, true)).data);
      expect(cells.length, file).toBe(Math.ceil(grid.units / 2 ** level) * features.bins);
      const wave = new Float32Array((await remote.waveformTile(mixedChannels, 0, 0, true)).data);
      expect(wave.every(Number.isFinite), file).toBe(true);
      shown++;
      rmSync(path);
    }
    expect(shown).toBeGreaterThan(100);
  });
});

interface ZooExpectation {
  file: string;
  verdict: string;
  sample_rate?: number;
  channels?: number;
  frames?: number;
}

/** What three other decoders made of the files. */
function expectedOfZoo(list: string): Map<string, ZooExpectation> {
  const rows = readFileSync(list, 'utf8').trim().split('\n');
  return new Map(rows.map((line) => JSON.parse(line) as ZooExpectation).map((one) => [basename(one.file), one]));
}

/** 16-bit mono at 16 kHz. */
function toneWav(samples: number): Uint8Array {
  const bytes = Buffer.alloc(44 + samples * 2);
  bytes.write('RIFF', 0);
  bytes.writeUInt32LE(36 + samples * 2, 4);
  bytes.write('WAVEfmt ', 8);
  for (const [at, value] of [
    [16, 16],
    [24, 16_000],
    [28, 32_000],
    [40, samples * 2],
  ] as const)
    bytes.writeUInt32LE(value, at);
  for (const [at, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const)
    bytes.writeUInt16LE(value, at);
  bytes.write('data', 36);
  for (let i = 0; i < samples; i++) bytes.writeInt16LE(Math.round(16_384 * Math.sin(i / 5)), 44 + 2 * i);
  return new Uint8Array(bytes);
}

async function until(ready: () => boolean): Promise<void> {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 10));
}
