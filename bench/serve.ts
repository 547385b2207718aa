import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { writeWav } from '../src/dsp/writeWav.ts';
import type { ReadyEvent } from '../src/engine/commands/serve.ts';
import { createRandom } from '../src/shared/random.ts';
import { writeRandomModel } from '../test/randomModel.ts';
import { changingTones } from '../test/testServer.ts';
import { option } from './sides.ts';

/**
 * How fast `asr serve` answers: latency of requests one after another, requests per second of several clients at a time,
 * and how soon a stream in real time is told its first partial.
 * `npm run bench:serve [-- --model runs/x --audio a.wav --requests 100 --clients 1,4,8]`
 * Without a model: the default CRNN with random weights, which costs what a trained one costs.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const requests = Number(option('requests', '100'));
const clients = option('clients', '1,4,8').split(',').map(Number);
const folder = mkdtempSync(join(tmpdir(), 'bench-serve-'));
const server = await start(chooseModel());
try {
  await report(server.ready);
} finally {
  server.child.kill('SIGTERM');
  rmSync(folder, { recursive: true });
}

function chooseModel(): string {
  const given = option('model', '');
  if (given !== '') return resolve(given);
  const file = join(folder, 'default.onnx');
  writeRandomModel(file, { name: 'default', data: { train: ['train.jsonl'] } });
  return file;
}

function chooseAudio(): Buffer {
  const given = option('audio', '');
  return given === '' ? Buffer.from(writeWav([changingTones(5, 16_000)], 16_000)) : readFileSync(resolve(given));
}

async function start(model: string): Promise<{ child: ChildProcess; ready: ReadyEvent }> {
  const tokenFile = join(folder, 'token');
  writeFileSync(tokenFile, 'bench-token-of-more-than-thirty-two-characters', { mode: 0o600 });
  const args = [join(root, 'dist/engine.js'), 'serve', model, '--token-file', tokenFile, '--max-waiting', '1000'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  const ready = await new Promise<ReadyEvent>((found, reject) => {
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const line = /^ready (\{.*\})$/m.exec(said)?.[1];
      if (line) found(JSON.parse(line) as ReadyEvent);
    });
    child.once('exit', () => reject(new Error(said)));
  });
  return { child, ready: { ...ready, token: readFileSync(tokenFile, 'utf8') } };
}

async function report({ url, token, models }: ReadyEvent): Promise<void> {
  const audio = chooseAudio();
  const authorization = `Bearer ${token}`;
  const transcribe = async (): Promise<{ ms: number; audioSec: number }> => {
    const form = new FormData();
    form.set('file', new Blob([new Uint8Array(audio)]), 'a.wav');
    form.set('response_format', 'verbose_json');
    const beganMs = performance.now();
    const response = await fetch(`${url}/v1/audio/transcriptions`, {
      ...{ method: 'POST', body: form, headers: { authorization } },
    });
    const { duration } = (await response.json()) as { duration: number };
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    return { ms: performance.now() - beganMs, audioSec: duration };
  };
  const { audioSec } = await transcribe();
  console.log(`${models[0]}, ${audioSec.toFixed(1)} s of audio per request, ${requests} requests`);
  for (const count of clients) {
    const times: number[] = [];
    let left = requests;
    const beganMs = performance.now();
    const client = async () => {
      while (left-- > 0) times.push((await transcribe()).ms);
    };
    await Promise.all(Array.from({ length: count }, client));
    const perSec = (1000 * requests) / (performance.now() - beganMs);
    console.log(
      `${String(count).padStart(3)} at a time: ${perSec.toFixed(1)} requests/s, ${(perSec * audioSec).toFixed(0)} s of audio per s; latency median ${percentile(times, 0.5)} ms, 95th percentile ${percentile(times, 0.95)} ms`,
    );
  }
  const first = await firstPartialMs(`${url.replace('http', 'ws')}/v1/stream?sample_rate=16000`, authorization);
  console.log(`stream in real time: first partial ${first.toFixed(0)} ms after its first sample`);
  console.log(`load average ${loadavg()[0]!.toFixed(1)}`);
}

/** Noise, which the voice detector takes for speech, in pieces of a tenth of a second. */
function firstPartialMs(url: string, authorization: string): Promise<number> {
  const random = createRandom('noise');
  const noise = () => Int16Array.from({ length: 1600 }, () => 3000 * random.normal());
  const socket = new WebSocket(url, { headers: { authorization } });
  return new Promise((found, reject) => {
    let beganMs = 0;
    let timer: NodeJS.Timeout | undefined;
    socket.on('message', (data) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      if (type === 'ready') {
        beganMs = performance.now();
        timer = setInterval(() => socket.send(noise()), 100);
      }
      if (type !== 'partial') return;
      clearInterval(timer);
      socket.close();
      found(performance.now() - beganMs);
    });
    socket.on('error', reject);
  });
}

function percentile(values: number[], share: number): string {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(0);
}
