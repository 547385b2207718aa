import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAudio } from '../src/dsp/audioFile.ts';
import { memorySource } from '../src/dsp/byteSource.ts';
import { createFeatureExtractor } from '../src/dsp/features.ts';
import { parseNpy } from '../src/dsp/npy.ts';
import { loadResampler } from '../src/dsp/resample.ts';
import { writeWav } from '../src/dsp/writeWav.ts';
import {
  type ClipOwner,
  type ClipWorker,
  clipOwnerChecks,
} from '../src/extension/features/spectrogram/workerProtocol.ts';
import { workerPort } from '../src/extension/services/ports.ts';
import { defaultFeatures } from '../src/shared/config/defaultFeatures.ts';
import { connect, type Remote } from '../src/shared/protocol/channel.ts';
import { mixedChannels } from '../src/shared/protocol/spectrogram.ts';
import type { StretchForm } from '../src/shared/protocol/spectrogramOut.ts';
import { createRandom } from '../src/shared/random.ts';

import { readClip } from '../src/training/data/clipReader.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-out-'));
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);
const planOf = (form: StretchForm, startSec: number, endSec: number) => ({ form, startSec, endSec, picture: 1 });

function noiseWav(seconds: number, channels: number, sampleRateHz: number): Uint8Array {
  const random = createRandom('out', channels);
  const samples = () => Float32Array.from({ length: seconds * sampleRateHz }, () => 0.2 * (random.next() - 0.5));
  return writeWav(Array.from({ length: channels }, samples), sampleRateHz);
}

describe('taking something out of a recording', () => {
  let worker: Worker;
  let remote: Remote<ClipWorker>;
  let told: [work: number, done: number][];
  beforeEach(() => {
    worker = new Worker(new URL('../src/extension/features/spectrogram/worker/clipWorker.ts', import.meta.url));
    told = [];
    const local: ClipOwner = { surveyed: () => {}, worked: (work, done) => void told.push([work, done]) };
    ({ remote } = connect<ClipOwner, ClipWorker>(workerPort(worker), local, clipOwnerChecks));
  });
  afterEach(() => worker.terminate());
  const openNoise = async (seconds: number, channels = 1, sampleRateHz = 16_000) => {
    const bytes = noiseWav(seconds, channels, sampleRateHz);
    writeFileSync(at('noise.wav'), bytes);
    const clip = await remote.open({ path: at('noise.wav') }, 'noise.wav');
    expect(clip.readable).toBe(true);
    await remote.openPicture(mixedChannels, { kind: 'training', features: defaultFeatures });
    return openAudio(memorySource(bytes));
  };

  it('writes the samples of a stretch as they are in the file', async () => {
    const source = await openNoise(3, 2, 44_100);
    expect(await remote.writeStretch(1, planOf('wav', 0.5, 2.25), at('cut.wav'))).toBe(true);
    const cut = await openAudio(memorySource(readFileSync(at('cut.wav'))));
    expect(cut.info).toMatchObject({ encoding: 'pcm-s16', channels: 2, sampleRateHz: 44_100, frames: 77_175 });
    const [found, expected] = [await cut.exact!.read(0, 77_175), await source.exact!.read(22_050, 77_175)];
    expect(Buffer.compare(found, expected)).toBe(0);
  });

  it('writes what training computes of a stretch', async () => {
    await openNoise(3, 1, 22_050);
    expect(await remote.featureName(1)).toBe('logMel80');
    expect(await remote.writeStretch(1, planOf('npy', 0.5, 2.25), at('features.npy'))).toBe(true);
    const utterance = { file: at('noise.wav'), offsetSec: 0.5, durationSec: 1.75 };
    const samples = await readClip(utterance, defaultFeatures.sampleRateHz, await loadResampler());
    const { frames, bins, data } = (await createFeatureExtractor(defaultFeatures)).extract(samples);
    expect(parseNpy(readFileSync(at('features.npy')))).toEqual({ frames, bins, data });
  });

  const python = spawnSync('python3', ['-c', 'import numpy']).status === 0;
  if (!python) console.log('skipped: python3 with numpy is absent, so no .npy file was read by it');
  it.skipIf(!python)('writes arrays that NumPy reads', async () => {
    await openNoise(2);
    await remote.writeStretch(1, planOf('npy', 0, 1), at('features.npy'));
    const code = 'import numpy,sys; a=numpy.load(sys.argv[1]); print(a.shape, a.dtype, bool(numpy.isfinite(a).all()))';
    expect(execFileSync('python3', ['-c', code, at('features.npy')], { encoding: 'utf8' })).toBe(
      '(101, 80) float32 True\n',
    );
  });

  it('measures while tiles are asked for, and says how far it is', async () => {
    await openNoise(90);
    const measuring = remote.measureStretch(7, 10, 85);
    let answered = 0;
    while (answered < 5) {
      await remote.spectrogramTile(1, 0, answered, false);
      answered++;
    }
    expect(told.every(([work]) => work === 7)).toBe(true);
    const figures = (await measuring)!;
    expect(figures).toMatchObject({ startFrame: 160_000, frames: 1_200_000 });
    expect(figures.channels[0]!.rms).toBeCloseTo(0.2 / Math.sqrt(12), 3);
  });

  it('ends when it is cancelled and leaves nothing', async () => {
    await openNoise(90);
    const measuring = remote.measureStretch(1, 0, 90);
    const writing = remote.writeStretch(2, planOf('wav', 0, 90), at('cancelled.wav'));
    await remote.cancelWork(1);
    await remote.cancelWork(2);
    expect(await measuring).toBeUndefined();
    expect(await writing).toBe(false);
    expect(readdirSync(folder).filter((name) => name.includes('cancelled'))).toEqual([]);
  });

  it('says what is in the way', async () => {
    await openNoise(3);
    await expect(remote.writeStretch(1, planOf('wav', 1, 1), at('none.wav'))).rejects.toThrow('no samples');
    await expect(remote.writeStretch(1, planOf('wav', 0, 1), at('no/folder.wav'))).rejects.toThrow(/Cannot write/);
    truncateSync(at('noise.wav'), 20_000);
    await expect(remote.writeStretch(1, planOf('wav', 1, 2), at('none.wav'))).rejects.toThrow(/shorter/);
    expect(readdirSync(folder).filter((name) => name.includes('none'))).toEqual([]);
  });

  it('lists the chunks of a file that cannot be decoded', async () => {
    writeFileSync(at('broken.wav'), noiseWav(1, 1, 16_000).subarray(0, 36));
    expect(await remote.open({ path: at('broken.wav') }, 'broken.wav')).toMatchObject({ readable: false });
    expect((await remote.headerChunks()).map(({ id }) => id)).toEqual(['RIFF', 'fmt']);
  });
});
