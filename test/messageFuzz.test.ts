import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { writeWav } from '../src/dsp/writeWav.ts';
import {
  type ClipOwner,
  type ClipWorker,
  clipOwnerChecks,
  clipWorkerChecks,
} from '../src/extension/features/spectrogram/workerProtocol.ts';
import { workerPort } from '../src/extension/services/ports.ts';
import { defaultFeatures } from '../src/shared/config/defaultFeatures.ts';
import { connect, type Port } from '../src/shared/protocol/channel.ts';
import { spectrogramHostChecks, spectrogramViewChecks } from '../src/shared/protocol/spectrogram.ts';
import { createRandom } from '../src/shared/random.ts';
import { type CheckTable, damaged, hostileMessage, isWellFormed, type ValidCalls } from './hostileMessages.ts';

const free = {
  ...{ kind: 'free', scale: 'mel', fftSize: 512, windowMs: 25, window: 'hann', hopMs: 10 },
  ...{ bands: 80, lowHz: 0, highHz: null, floorDb: -100 },
};
const training = { kind: 'training', features: { ...defaultFeatures } };
/** Soil for damage; methods that are not named here are tried with anything. */
const hostCalls: ValidCalls = {
  openPicture: [[-1, free]],
  spectrogramTile: [[0, 0, 0, true]],
  waveformTile: [[-1, 0, 0, false]],
  samples: [[-1, 0, 1000]],
  runAction: [['train']],
  copyText: [['text']],
  transcribe: [[1, 0, 1]],
  editAnnotations: [[{ edit: 'rename', tier: 'words', item: 0, text: 'a' }]],
};
const viewCalls: ValidCalls = {
  surveyed: [[{ picture: 1, channel: -1, done: 0.5, peak: 1, rms: 0.1, problems: [] }]],
  stretchShown: [[0, 1]],
  commanded: [['zoomToFit']],
};

describe('10,000 malformed messages', () => {
  it.each([
    ['the spectrogram host', spectrogramHostChecks as unknown as CheckTable, hostCalls],
    ['the spectrogram view', spectrogramViewChecks as unknown as CheckTable, viewCalls],
    ['the clip worker', clipWorkerChecks as unknown as CheckTable, hostCalls],
    ['the owner of a clip worker', clipOwnerChecks as unknown as CheckTable, viewCalls],
  ])('reach no method of %s', async (name, checks, calls) => {
    const wire = createWire();
    const called: string[] = [];
    const local = Object.fromEntries(Object.keys(checks).map((method) => [method, () => called.push(method)]));
    const channel = connect(wire.port, local as never, checks as never);
    const random = createRandom('messages', name);
    for (let i = 0; i < 10_000; i++) wire.deliver(structuredClone(hostileMessage(checks, calls, random)));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(called).toEqual([]);
    // Whoever asked properly for something improper was told so.
    expect(wire.sent.length).toBeGreaterThan(3000);
    expect(wire.sent.every((one) => typeof (one as { failure?: { message: string } }).failure?.message === 'string'));
    const proper = Object.keys(calls).filter((method) => Object.hasOwn(checks, method));
    expect(proper.length).toBeGreaterThan(0);
    for (const method of proper) wire.deliver({ call: 1, method, parameters: calls[method]![0] });
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(called).toEqual(proper);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    channel.dispose();
  });
});

describe('a clip worker', () => {
  const folder = mkdtempSync(join(tmpdir(), 'asr-hostile-'));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('answers 10,000 malformed messages and 2,000 well-formed ones with senseless values, and works on', async () => {
    const path = join(folder, 'tone.wav');
    writeFileSync(path, writeWav([Float32Array.from({ length: 200_000 }, (_, i) => Math.sin(i / 9))], 16_000));
    const thread = new Worker(new URL('../src/extension/features/spectrogram/worker/clipWorker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 512 },
    });
    const died = new Promise<never>((_, reject) => thread.once('error', reject));
    const owner = Object.fromEntries(Object.keys(clipOwnerChecks).map((method) => [method, () => {}]));
    const { remote, dispose } = connect<ClipOwner, ClipWorker>(workerPort(thread), owner as never, clipOwnerChecks);
    const checks = clipWorkerChecks as unknown as CheckTable;
    const look = async () => {
      expect(await remote.open({ path }, 'tone.wav')).toMatchObject({ readable: true });
      const { id } = await remote.openPicture(-1, training as never);
      const tiles = [await remote.spectrogramTile(id, 0, 0, true), await remote.waveformTile(-1, 0, 0, true)];
      return tiles.map(({ data }) => new Uint8Array(data));
    };
    const work = async () => {
      const before = await look();
      const random = createRandom('messages', 'worker');
      for (let i = 0; i < 10_000; i++) thread.postMessage(hostileMessage(checks, hostCalls, random));
      expect(await look()).toEqual(before);
      // What a view can make the extension pass on; features of a config have been through its parser.
      const methods = Object.keys(hostCalls).filter((method) => Object.hasOwn(checks, method));
      for (let sent = 0; sent < 2000; ) {
        const method = methods[random.below(methods.length)]!;
        const message = { call: 10_000_000 + sent, method, parameters: damaged(hostCalls[method]![0]!, random) };
        if (!isWellFormed(checks, message)) continue;
        thread.postMessage(message);
        sent++;
      }
      expect(await look()).toEqual(before);
    };
    try {
      await Promise.race([work(), died]);
    } finally {
      dispose();
      await thread.terminate();
    }
  });
});

/** An end whose other end is this test. */
function createWire() {
  const sent: unknown[] = [];
  const listeners = new Set<(message: unknown) => void>();
  const port: Port = {
    send: (message) => sent.push(structuredClone(message)),
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return {
    port,
    sent,
    deliver(message: unknown) {
      for (const listener of listeners) listener(message);
    },
  };
}
