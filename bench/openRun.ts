import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { followRun } from '../src/extension/services/runFollower.ts';
import { renderDigest } from '../src/shared/run/digest.ts';
import { renderEvent } from '../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../src/shared/run/events.ts';
import { createRunModel, reduceAll } from '../src/shared/run/runModel.ts';

// Opens a run of EVENTS events (1e6) as the extension host does: with a digest of all but the last thousand lines, and
// without one. Prints the time until the model is there, the longest that the host was blocked, and its memory.
const total = Number(process.env.EVENTS ?? 1e6);
const sinceCheckpoint = 1000;
const bars = { digestMs: 1000, blockedP99Ms: 25, digestBytes: 150e6, highestBytes: 250e6 };

interface Opened {
  ms: number;
  blockedMs: number;
  blockedP99Ms: number;
  startBytes: number;
  highestBytes: number;
}

const place = process.argv[2];
if (place) console.log(JSON.stringify(await openHere(place)));
else compare();

function compare(): void {
  const directory = mkdtempSync(join(tmpdir(), 'asr-open-run-'));
  try {
    const { digest } = writeRun(directory);
    console.log(`${total} events, ${(statSync(join(directory, 'events.jsonl')).size / 1e6).toFixed(0)} MB`);
    const without = open(directory, 'without a digest');
    writeFileSync(join(directory, 'digest.json'), digest);
    const withDigest = open(directory, `with a digest of ${(digest.length / 1e6).toFixed(2)} MB`);
    const over = [
      ...(withDigest.ms > bars.digestMs ? ['time with a digest'] : []),
      ...(without.blockedP99Ms > bars.blockedP99Ms ? ['blocked'] : []),
      ...(withDigest.highestBytes > bars.digestBytes ? ['memory with a digest'] : []),
      ...(without.highestBytes > bars.highestBytes ? ['memory'] : []),
    ];
    console.log(over.length > 0 ? `over the bar: ${over.join(', ')}` : 'all within the bars');
    process.exitCode = over.length > 0 ? 1 : 0;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** In a process of its own, whose memory is that of opening the run. */
function open(directory: string, what: string): Opened {
  const child = spawnSync(process.execPath, [import.meta.filename, directory], { encoding: 'utf8', env: process.env });
  if (child.status !== 0) throw new Error(child.stderr);
  const opened = JSON.parse(child.stdout) as Opened;
  const { ms, blockedMs, blockedP99Ms, startBytes, highestBytes } = opened;
  const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
  console.log(
    `${what}: ${ms.toFixed(0)} ms, blocked ${blockedP99Ms.toFixed(1)} ms at a time (99 %; at most ${blockedMs.toFixed(0)} ms), process ${mb(startBytes)} → ${mb(highestBytes)} MB`,
  );
  return opened;
}

async function openHere(directory: string): Promise<Opened> {
  const startBytes = process.memoryUsage.rss();
  let highestBytes = startBytes;
  const look = () => {
    highestBytes = Math.max(highestBytes, process.memoryUsage.rss());
  };
  const sampling = setInterval(look, 20);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const started = performance.now();
  const run = (await followRun(directory))!;
  do await run.poll();
  while (!run.caughtUp);
  const ms = performance.now() - started;
  delay.disable();
  clearInterval(sampling);
  look();
  if (run.model.step !== total) throw new Error(`step ${run.model.step} of ${total}`);
  const [blockedMs, blockedP99Ms] = [delay.max / 1e6, delay.percentile(99) / 1e6];
  return { ms, blockedMs, blockedP99Ms, startBytes, highestBytes };
}

/** Steps as the engine writes them, with a checkpoint every thousand; the digest covers all but the last thousand. */
function writeRun(place: string): { digest: string } {
  writeFileSync(join(place, 'run.json'), JSON.stringify({ version: 1, name: 'long', createdMs: 1 }));
  const file = openSync(join(place, 'events.jsonl'), 'w');
  let model = createRunModel();
  let [bytes, digest] = [0, ''];
  let events: EngineEvent[] = [];
  for (let step = 1; step <= total; step++) {
    events.push(stepEvent(step));
    if (step % sinceCheckpoint !== 0 && step !== total) continue;
    const base = { step, timeMs: step * 100, epoch: Math.floor(step / sinceCheckpoint) };
    if (step < total) events.push({ kind: 'checkpoint', ...base, path: 'checkpoints/last', durationMs: 40 });
    bytes += writeSync(file, events.map(renderEvent).join(''));
    model = reduceAll(model, events);
    if (step + sinceCheckpoint <= total) digest = renderDigest(bytes, model);
    events = [];
  }
  return { digest };
}

function stepEvent(step: number): EngineEvent {
  const loss = 300 / (1 + step / 5000) + Math.sin(step * 12.9898);
  return {
    ...{ kind: 'step', step, timeMs: step * 100, epoch: Math.floor(step / sinceCheckpoint), loss },
    ...{ learningRate: 1.2345678901e-3, gradientNorm: 3 + Math.cos(step * 78.233), audioSec: 31.7354375 },
    ...{ durationMs: 98.123456, waitMs: 0.123456, graphMs: 80.123456, updateMs: 9.123456, featureMs: 31.5, queue: 4 },
    ...{ paddingShare: 0.034567, utterances: 12 },
  };
}
