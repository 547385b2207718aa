import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeWav } from '../src/dsp/writeWav.ts';
import { openModel } from '../src/engine/model/openModel.ts';
import { createRecognizer } from '../src/engine/model/recognizer.ts';
import { defaultLimits, type ServeLimits } from '../src/engine/serve/limits.ts';
import { keepWarm, type ServedModel } from '../src/engine/serve/servedModel.ts';
import { startServer } from '../src/engine/serve/server.ts';
import { openStreamModel } from '../src/engine/stream/streamModel.ts';
import { createRandom } from '../src/shared/random.ts';
import { writeRandomModel } from './randomModel.ts';

export const testToken = 'test-token-of-more-than-thirty-two-characters';
export const authorization = `Bearer ${testToken}`;

/** Tones and pauses, so that a model of random weights hears something new now and then. */
export function changingTones(seconds: number, sampleRateHz: number): Float32Array {
  const random = createRandom('tones', seconds);
  const samples = new Float32Array(Math.round(seconds * sampleRateHz));
  let hz = 300;
  let level = 0;
  for (let i = 0; i < samples.length; i++) {
    if (i % Math.round(sampleRateHz / 4) === 0) {
      hz = 200 + 3000 * random.next();
      level = random.next() < 0.3 ? 0.001 : 0.4;
    }
    samples[i] = level * Math.sin((2 * Math.PI * hz * i) / sampleRateHz) + 0.01 * random.normal();
  }
  return samples;
}

/** A folder with a model and a recording of three seconds. */
export function makeModelFolder(): { folder: string; model: string; audio: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'serve-test-'));
  const model = join(folder, 'random.onnx');
  writeRandomModel(model);
  const audio = join(folder, 'tones.wav');
  writeFileSync(audio, writeWav([changingTones(3, 8000)], 8000));
  return { folder, model, audio, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface TestServer {
  port: number;
  url: string;
  model: ServedModel;
  log: string[];
  /** Ends the server; its model stays open for others. */
  stop(): Promise<void>;
}

/** The real server in this process. */
export async function startTestServer(
  model: ServedModel,
  limits: Partial<ServeLimits> = {},
  origins: string[] = [],
): Promise<TestServer> {
  const log: string[] = [];
  const server = await startServer({
    ...{ models: [model], host: '127.0.0.1', port: 0, token: testToken, allowedHosts: [], allowedOrigins: origins },
    ...{ limits: { ...defaultLimits, ...limits }, log: (line: string) => void log.push(line) },
  });
  return { port: server.port, url: server.url, model, log, stop: () => server.drain() };
}

/** A model with the real process behind it. */
export async function openTestModel(path: string): Promise<ServedModel> {
  const opened = await openModel(path, () => undefined);
  const { sampleRateHz } = opened.metadata.features;
  const open = () => createRecognizer(opened, 1);
  const openForStreams = () => openStreamModel(opened, 1);
  return keepWarm({ id: 'random', sampleRateHz, createdSec: 0, open, openForStreams }, () => undefined);
}

/** Sends bytes as they are; all that comes back until the server ends the connection. */
export function speakRaw(port: number, ...parts: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => {
      for (const part of parts) socket.write(part);
    });
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1');
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}

/** A form with one file, as bytes. */
export function formOf(file: Uint8Array, boundary = 'b0undary'): Buffer {
  const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="../../x"\r\n\r\n`;
  return Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]);
}

export const formType = 'multipart/form-data; boundary=b0undary';
