import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createRandom } from '../../src/shared/random.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import { runEngine } from './engineProcess.ts';
import { faultSeed, times } from './faultTimes.ts';
import { writeToneConfig } from './toneCorpus.ts';

const lines = times(3000, 100_000);

type Entry = Record<string, unknown>;
/** What makes a line unusable, each named by another rule. */
const faults: ((entry: Entry) => string)[] = [
  (entry) => JSON.stringify(entry).slice(0, -3),
  ({ text: _, ...entry }) => JSON.stringify(entry),
  ({ audio_filepath: _, ...entry }) => JSON.stringify(entry),
  (entry) => JSON.stringify({ ...entry, audio_filepath: 'gone.wav' }),
  (entry) => JSON.stringify({ ...entry, audio_filepath: 'notAudio.wav' }),
  (entry) => JSON.stringify({ ...entry, audio_filepath: 'train' }),
  (entry) => JSON.stringify({ ...entry, text: '  ' }),
  (entry) => JSON.stringify({ ...entry, text: 'ä' }),
  (entry) => JSON.stringify({ ...entry, text: 'abcdabcdabcdabcdabcdabcdabcd' }),
  (entry) => JSON.stringify({ ...entry, offset: 99 }),
];

it(`row 14: of a long manifest each bad line is named, and the rest trains (${lines} lines)`, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'large-manifest-'));
  try {
    // Short utterances in large batches: what is measured is the manifest.
    const config = writeToneConfig(folder, 1, {
      augment: { speed: [1], timeMasks: { count: 0 }, frequencyMasks: { count: 0 } },
      training: { epochs: 1, batchSeconds: 120, threads: 2 },
    });
    const recordings = readFileSync(join(folder, 'train.jsonl'), 'utf8').trim().split('\n');
    const random = createRandom(faultSeed, 'large manifest');
    const order = random.shuffle(Array.from({ length: lines }, (_, i) => i));
    const bad = new Set(order.slice(0, lines / 100));
    writeFileSync(join(folder, 'notAudio.wav'), 'this is no audio at all, only text that goes on and on');
    const text = Array.from({ length: lines }, (_, i) => {
      const entry = JSON.parse(recordings[i % recordings.length]!) as Entry & { duration: number };
      // Parts that differ, so that none is a copy of another.
      const part = { ...entry, offset: Math.floor(i / recordings.length) * 1e-5, duration: entry.duration - 0.02 };
      return bad.has(i) ? faults[i % faults.length]!(part) : JSON.stringify(part);
    });
    writeFileSync(join(folder, 'train.jsonl'), `${text.join('\n')}\n`);
    const run = join(folder, 'run');
    const { code, stderr } = await runEngine('train', config, '--run-dir', run);
    expect(code, stderr.slice(-2000)).toBe(0);
    const { events } = parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8'));
    const named = new Set(events.flatMap((event) => (event.kind === 'problem' && event.line ? [event.line - 1] : [])));
    expect([...bad].filter((index) => !named.has(index))).toEqual([]);
    expect([...named].filter((index) => !bad.has(index))).toEqual([]);
    expect(events.find((event) => event.kind === 'started')).toMatchObject({
      trainUtterances: lines - bad.size,
      skippedUtterances: bad.size,
    });
    expect(events.some((event) => event.kind === 'evaluated')).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}, 900_000);
