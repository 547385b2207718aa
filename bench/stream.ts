import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { StreamSummary } from '../src/shared/streaming/streamEvents.ts';
import { option } from './sides.ts';

/**
 * What streaming costs, on one thread: computing per chunk of 160 ms, delay of the first text, words against the
 * recordings at once. `npm run bench:stream -- --model runs/x --manifest dev.jsonl [--chunk-ms 160] [--threads 1]`
 * The model should read in one direction; others are measured as they are, segmented.
 */
const bars = { computeP95Ms: 40, firstTextMs: 300, relativeWer: 1.1 };

const model = option('model', '');
const manifest = option('manifest', join(import.meta.dirname, '../../shared/data/an4/dev.jsonl'));
if (model === '' || !existsSync(manifest)) throw new Error('give --model and --manifest');
const { status, stdout, stderr } = spawnSync(
  process.execPath,
  [
    join(import.meta.dirname, '../dist/engine.js'),
    ...['stream', model, '--manifest', manifest, '--json'],
    ...['--chunk-ms', option('chunk-ms', '160'), '--threads', option('threads', '1')],
  ],
  { encoding: 'utf8', maxBuffer: 1 << 30 },
);
if (status !== 0) throw new Error(stderr);
const { mode, lookAheadMs, summary } = JSON.parse(stdout) as {
  mode: string;
  lookAheadMs: number;
  summary: StreamSummary;
};
const { computeMs, firstPartialMs, wer = Number.NaN, offlineWer = Number.NaN } = summary;

console.log(`${mode}, look-ahead ${lookAheadMs.toFixed(0)} ms, ${summary.files} utterances, ${summary.chunks} chunks`);
const rows: [string, number, number, string][] = [
  ['computing of a chunk, p95', computeMs!.p95, bars.computeP95Ms, 'ms'],
  ['first text after speech begins, p50', firstPartialMs!.p50, bars.firstTextMs, 'ms'],
  ['first text after speech begins, p95', firstPartialMs!.p95, bars.firstTextMs, 'ms'],
  ['WER over the WER at once', wer / offlineWer, bars.relativeWer, ''],
];
for (const [what, value, bar, unit] of rows)
  console.log(`${value <= bar ? 'ok    ' : 'beyond'} ${what}: ${value.toFixed(2)} ${unit} (bar ${bar})`);
console.log(
  `p50 ${computeMs!.p50.toFixed(1)} ms, ${(100 * summary.realTimeFactor).toFixed(1)} % of the audio's time; WER ${(100 * wer).toFixed(2)} %, at once ${(100 * offlineWer).toFixed(2)} %; ${summary.lostWords} of ${summary.offlineWords} words lost or changed`,
);
if (rows.some(([, value, bar]) => !(value <= bar))) process.exitCode = 1;
