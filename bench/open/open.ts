import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../test/vscode/harness/server.ts';
import { type Opening, openOnce } from './openOnce.ts';
import { laySlowWire } from './slowWire.ts';
import { writeSpeechLike } from './speechLike.ts';

// Opens recordings of 10 s, 10 min, 1 h and once of 10 h in the workbench, with the extension installed from its package
// (`npm run package` first): real code-server, real Chromium, each time a browser and an extension host of their own.
// Prints medians of RUNS (5) openings, what following the hand costs, the same over a slow wire, and whether each bar
// holds. The frames of editors are served from a site of their own, as in VS Code's own builds, so that the view's
// process can be told from the workbench's. ONLY=1h,wire leaves the others out.
const runs = Number(process.env.RUNS ?? 5);
const only = process.env.ONLY?.split(',');
const sampleRateHz = 16_000;
const recordings = [
  { name: '10s', durationSec: 10, runs },
  { name: '10min', durationSec: 600, runs },
  { name: '1h', durationSec: 3600, runs },
  { name: '10h', durationSec: 36_000, runs: 1 },
];
const wire = { bitsPerSec: 20e6, delayMs: 40 };
const wanted = (name: string) => only?.includes(name) ?? true;

const root = join(import.meta.dirname, '../..');
const vsix = join(root, 'out', `asr-workbench-${process.platform}-${process.arch}.vsix`);
if (!existsSync(vsix)) throw new Error(`${vsix} is missing: run \`npm run package\` first`);

const folder = mkdtempSync(join(tmpdir(), 'asr-open-'));
const server = await startServer({ vsix: [vsix] });
const missed: string[] = [];
try {
  const found = new Map<string, Opening[]>();
  for (const { name, durationSec, runs } of recordings) {
    const needed = wanted(name) || (name === '1h' && wanted('wire'));
    if (needed) writeSpeechLike(join(folder, `${name}.wav`), durationSec, sampleRateHz);
    if (!wanted(name)) continue;
    found.set(name, await openings(server, name, runs));
    print(name, found.get(name)!);
  }
  if (wanted('wire')) found.set('wire', await openOverWire());
  judge(found);
} finally {
  await server.stop();
  rmSync(folder, { recursive: true });
}
process.exitCode = missed.length > 0 ? 1 : 0;

async function openings(target: { authority: string }, name: string, count: number): Promise<Opening[]> {
  const found: Opening[] = [];
  for (let run = 0; run < count; run++) {
    const local = target === server;
    found.push(await openOnce(target, folder, `${name}.wav`, local && name === '1h' && run === 0));
  }
  return found;
}

async function openOverWire(): Promise<Opening[]> {
  const slow = await laySlowWire(server.authority, wire);
  try {
    const found = await openings(slow, '1h', runs);
    print(`1h over ${wire.bitsPerSec / 1e6} Mbit/s and ${wire.delayMs} ms each way`, found);
    return found;
  } finally {
    await slow.close();
  }
}

function print(name: string, found: Opening[]): void {
  const of = (key: Exclude<keyof Opening, 'moves'>) => median(found.map((one) => one[key]));
  const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(bytes < 1e7 ? 2 : 0)} MB`;
  console.log(
    `${name}: picture ${of('coarseMs').toFixed(0)} ms after its frame (${of('ownCoarseMs').toFixed(0)} after its page began), ` +
      `every sample ${of('wholeMs').toFixed(0)} ms (${of('ownWholeMs').toFixed(0)}), to the view ${megabytes(of('heardBytes'))} (socket ${megabytes(of('receivedBytes'))}), ` +
      `renderer ${megabytes(of('rendererBytes'))}, extension host ${megabytes(of('hostBytes'))} (${megabytes(of('idleHostBytes'))} before)`,
  );
}

function judge(found: Map<string, Opening[]>): void {
  const of = (name: string, key: Exclude<keyof Opening, 'moves'>) =>
    found.has(name) ? median(found.get(name)!.map((one) => one[key])) : undefined;
  const bar = (what: string, value: number | undefined, limit: number, unit: string, scale = 1) => {
    if (value === undefined) return;
    const holds = value <= limit;
    if (!holds) missed.push(what);
    const [shown, most] = [value / scale, limit / scale].map((one) => Number(one.toPrecision(3)));
    console.log(`${holds ? 'holds ' : 'MISSED'} ${what}: ${shown} ${unit}, at most ${most}`);
  };
  bar('1 h, picture', of('1h', 'coarseMs'), 1000, 'ms');
  bar('1 h, every sample', of('1h', 'wholeMs'), 4000, 'ms');
  bar('1 h, to the view', of('1h', 'heardBytes'), 2e6, 'MB', 1e6);
  bar('1 h, renderer', of('1h', 'rendererBytes'), 300e6, 'MB', 1e6);
  bar('1 h, extension host', of('1h', 'hostBytes'), 200e6, 'MB', 1e6);
  for (const [key, what] of [
    ['rendererBytes', 'renderer'],
    ['hostBytes', 'extension host'],
  ] as const) {
    const [hour, minutes] = [of('1h', key), of('10min', key)];
    if (hour && minutes) bar(`1 h, ${what} against 10 min`, hour / minutes, 1.1, '×');
    const day = of('10h', key);
    if (day && minutes) bar(`10 h, ${what} against 10 min`, day / minutes, 1.1, '×');
  }
  const moves = found.get('1h')?.[0]?.moves;
  if (moves) {
    const count = (values: number[]) => ` (p95 of ${values.length})`;
    bar(`repaint, cached${count(moves.cachedMs)}`, percentile(moves.cachedMs, 0.95), 50, 'ms');
    bar(`repaint, uncached${count(moves.uncachedMs)}`, percentile(moves.uncachedMs, 0.95), 150, 'ms');
    bar(
      `longest task while panning (${moves.longTasksMs.length} over 50)`,
      Math.max(0, ...moves.longTasksMs),
      50,
      'ms',
    );
    console.log(
      `frames while panning: median ${median(moves.frameGapsMs).toFixed(1)} ms apart, p95 ${percentile(moves.frameGapsMs, 0.95).toFixed(1)} ms`,
    );
  }
  bar('1 h over the slow wire, picture', of('wire', 'coarseMs'), 2500, 'ms');
  console.log(missed.length > 0 ? `over the bar: ${missed.join('; ')}` : 'all within the bars');
}

function percentile(values: number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? 0;
}

function median(values: number[]): number {
  return percentile(values, 0.5);
}
