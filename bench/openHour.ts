import { mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { chromium } from 'playwright-core';
import { defaultFeatures } from '../src/shared/config/defaultFeatures.ts';
import { createRandom } from '../src/shared/random.ts';

// Opens recordings of one hour and of one minute in the built spectrogram view: the real page in Chromium, the real
// worker beside the data. Prints when the first whole picture and the one of every sample were there, what crossed
// the wire, and what the page's process holds. `npm run build` first. HOURS and RATE_HZ change the long recording.
const hours = Number(process.env.HOURS ?? 1);
const rateHz = Number(process.env.RATE_HZ ?? 16_000);
const bars = { coarseMs: 1000, everySampleMs: 4000, wireBytes: 2e6, pageBytes: 300e6 };
const dist = join(import.meta.dirname, '../dist');

/** What the page needs of VS Code: messages over HTTP instead of `postMessage`, and when its pictures were complete. */
const adapter = `
const waiting = [];
let state;
globalThis.acquireVsCodeApi = () => ({
  getState: () => state,
  setState: (value) => { state = value; },
  postMessage: async (message) => {
    const response = await fetch('/call', { method: 'POST', body: JSON.stringify(message) });
    const bytes = await response.arrayBuffer();
    const length = new DataView(bytes).getUint32(0);
    const answer = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 4, length)));
    if (bytes.byteLength > 4 + length) answer.value.data = bytes.slice(4 + length);
    window.postMessage(answer, '*');
  },
});
const started = performance.now();
globalThis.arrived = new Promise((resolve) => {
  let coarse;
  const look = () => {
    const now = document.querySelector('.view')?.dataset.state;
    if (now === 'coarse' || now === 'settled') coarse ??= performance.now() - started;
    if (now === 'settled') resolve([coarse, performance.now() - started]);
    else requestAnimationFrame(look);
  };
  look();
});
`;

const folder = mkdtempSync(join(tmpdir(), 'asr-open-hour-'));
try {
  // The first opening also warms caches that a running editor has filled long ago.
  await measure('warm-up', writeRecording(join(folder, 'warm.wav'), 10));
  await measure('1 minute', writeRecording(join(folder, 'minute.wav'), 60));
  const long = await measure(`${hours} h at ${rateHz} Hz`, writeRecording(join(folder, 'long.wav'), hours * 3600));
  const over = (Object.keys(bars) as (keyof typeof bars)[]).filter((key) => long[key] > bars[key]);
  if (hours === 1) console.log(over.length ? `over the bar: ${over.join(', ')}` : 'all within the bars');
  process.exitCode = hours === 1 && over.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

/** Noise whose level and colour change as in speech: syllables, pauses, no second like another. */
function writeRecording(path: string, durationSec: number): string {
  const file = openSync(path, 'w');
  const samples = Math.round(durationSec * rateHz);
  writeSync(file, wavHeader(samples));
  const random = createRandom(1, 'recording');
  let [level, target, smooth] = [0, 0, 0];
  const block = new Int16Array(rateHz);
  for (let start = 0; start < samples; start += block.length) {
    for (let i = 0; i < block.length; i++) {
      if (i % 2000 === 0) target = random.next() < 0.3 ? 0.003 : random.next() * 0.5;
      level += (target - level) * 0.002;
      smooth += (random.next() - 0.5 - smooth) * (0.1 + target);
      block[i] = Math.round(32_767 * level * smooth);
    }
    writeSync(file, Buffer.from(block.buffer, 0, 2 * Math.min(block.length, samples - start)));
  }
  return path;
}

function wavHeader(samples: number): Buffer {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples * 2, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rateHz, 24);
  header.writeUInt32LE(rateHz * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples * 2, 40);
  return header;
}

async function measure(name: string, recording: string): Promise<Record<keyof typeof bars, number>> {
  const host = await serveView(recording);
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(host.address);
    const times = await page.evaluate(() => (globalThis as unknown as { arrived: Promise<number[]> }).arrived);
    const session = await browser.newBrowserCDPSession();
    const { processInfo } = (await session.send('SystemInfo.getProcessInfo')) as {
      processInfo: { type: string; id: number }[];
    };
    const pageBytes = Math.max(
      ...processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => residentBytes(id)),
    );
    const [coarseMs, everySampleMs] = times as [number, number];
    const found = { coarseMs, everySampleMs, wireBytes: host.sentBytes(), pageBytes };
    console.log(
      `${name}: picture ${coarseMs.toFixed(0)} ms, every sample ${everySampleMs.toFixed(0)} ms, ` +
        `wire ${(found.wireBytes / 1e6).toFixed(2)} MB, page process ${(pageBytes / 1e6).toFixed(0)} MB`,
    );
    return found;
  } finally {
    await browser.close();
    await host.close();
  }
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}

/** What the extension would make of a call before it passes it on. */
function forWorker(method: string, parameters: unknown[], recording: string): unknown[] {
  if (method === 'open') return [{ path: recording }, 'recording.wav'];
  return method === 'openPicture' ? [parameters[0], { kind: 'training', features: defaultFeatures }] : parameters;
}

/** The built view behind HTTP, its calls passed to the built worker. */
async function serveView(recording: string) {
  const worker = new Worker(join(dist, 'spectrogramWorker.js'));
  const answers = new Map<number, (answer: { value?: { data?: ArrayBuffer } }) => void>();
  worker.on('message', (message: { answer?: number }) => {
    if (message.answer !== undefined) answers.get(message.answer)?.(message as never);
  });
  let [sent, next] = [0, 1];
  const call = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { call: id, method, parameters } = JSON.parse(Buffer.concat(chunks).toString());
    const mine = next++;
    const answered = new Promise<{ value?: { data?: ArrayBuffer } }>((resolve) => answers.set(mine, resolve));
    const own = forWorker(method, parameters, recording);
    worker.postMessage({ call: mine, method, parameters: own });
    const answer = await answered;
    answers.delete(mine);
    const data = answer.value?.data;
    const text = Buffer.from(
      JSON.stringify({ ...answer, answer: id, value: answer.value && { ...answer.value, data: undefined } }),
    );
    const length = Buffer.alloc(4);
    length.writeUInt32BE(text.length);
    const body = Buffer.concat([length, text, data ? Buffer.from(data) : Buffer.alloc(0)]);
    sent += body.length;
    response.end(body);
  };
  const html = `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><link rel="stylesheet" href="/spectrogram.css"></head><body class="vscode-dark"><main id="root"></main><script>${adapter}</script><script src="/spectrogram.js"></script></body></html>`;
  const server = createServer((request, response) => {
    if (request.url === '/call') return void call(request, response);
    if (request.url === '/') return void response.setHeader('content-type', 'text/html').end(html);
    if (request.url === '/spectrogram.js' || request.url === '/spectrogram.css') {
      const type = request.url.endsWith('.css') ? 'text/css' : 'text/javascript';
      return void response.setHeader('content-type', type).end(readFileSync(join(dist, 'webview', request.url)));
    }
    response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    sentBytes: () => sent,
    async close() {
      server.close();
      server.closeAllConnections();
      await worker.terminate();
    },
  };
}
