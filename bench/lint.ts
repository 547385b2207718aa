// Data lint of a manifest of 100,000 lines, 1 % of them bad, each line with a small WAV file of its own.
//   npm run bench:lint -- [--lines 100000] [--listen] [--keep]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeWav } from '../src/dsp/writeWav.ts';
import { createRandom } from '../src/shared/random.ts';

const { values } = parseArgs({
  options: { lines: { type: 'string', default: '100000' }, listen: { type: 'boolean' }, keep: { type: 'boolean' } },
});
const lines = Number(values.lines);
const folder = mkdtempSync(join(tmpdir(), 'asr-bench-lint-'));
const sampleRateHz = 16_000;
const samples = 2000;
const random = createRandom('lint bench', 1);

/** A voice-like buzz with noise, different in each file. */
function recording(): Uint8Array {
  const pitch = 0.03 + 0.03 * random.next();
  const wave = Float32Array.from(
    { length: samples },
    (_, i) => 0.3 * Math.sin(i * pitch) * Math.sin(i / 300) + 0.02 * (random.next() - 0.5),
  );
  return writeWav([wave], sampleRateHz);
}

type Entry = Record<string, unknown>;
/** What makes a line bad, each told by another rule. */
const faults: ((entry: Entry, path: string) => string | Entry)[] = [
  (entry) => JSON.stringify(entry).slice(0, -5),
  ({ text: _, ...entry }) => entry,
  (entry) => ({ ...entry, audio_filepath: `gone/${entry.audio_filepath}` }),
  (entry, path) => {
    writeFileSync(path, 'RIFF????WAVE');
    return entry;
  },
  (entry, path) => {
    writeFileSync(path, '');
    return entry;
  },
  (entry) => ({ ...entry, duration: 3 }),
  (entry) => ({ ...entry, offset: 5 }),
  (entry) => ({ ...entry, text: ' ' }),
  (entry) => ({ ...entry, text: `${entry.text}\u200b` }),
  (entry) => ({ ...entry, text: 'Another Case' }),
];

function writeCorpus(): { manifest: string; bad: Set<number> } {
  const bad = new Set<number>();
  const written: string[] = [];
  for (let i = 0; i < lines; i++) {
    const name = `${Math.floor(i / 1000)}/${i}.wav`;
    if (i % 1000 === 0) mkdirSync(join(folder, String(i / 1000)));
    const path = join(folder, name);
    writeFileSync(path, recording());
    const entry = {
      audio_filepath: name,
      duration: samples / sampleRateHz,
      text: `number ${i.toString(26).replace(/\d/g, 'z')}`,
      speaker: `s${i % 97}`,
    };
    if (i % 100 !== 50) written.push(JSON.stringify(entry));
    else {
      bad.add(i + 1);
      const faulty = faults[Math.floor(i / 100) % faults.length]!(entry, path);
      written.push(typeof faulty === 'string' ? faulty : JSON.stringify(faulty));
    }
  }
  const manifest = join(folder, 'train.jsonl');
  writeFileSync(manifest, `${written.join('\n')}\n`);
  return { manifest, bad };
}

interface Times {
  /** Since the question, when the first problems, those of all transcripts and those of all headers could be shown. */
  firstMs: number;
  textMs: number;
  headersMs: number;
  allMs: number;
  /** Of the process before and at its highest. */
  startBytes: number;
  peakBytes: number;
  /** Lines with a problem. */
  lines: number[];
}

/** The bars of the first check: what was found out about recordings is not known yet. */
const bars = { firstMs: 1000, textMs: 2000, headersMs: 60_000, peakBytes: 200e6 };

try {
  const { manifest, bad } = writeCorpus();
  const check = (title: string, ...flags: string[]): Times => {
    const host = join(import.meta.dirname, 'lintHost.mjs');
    const out = execFileSync(process.execPath, [host, manifest, ...flags], { encoding: 'utf8', maxBuffer: 1 << 28 });
    const times = JSON.parse(out) as Times;
    const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
    const mb = (bytes: number) => (bytes / 1e6).toFixed(0);
    const named = new Set(times.lines);
    const right = [...bad].filter((line) => named.has(line)).length;
    console.log(
      `${title}: first problems ${seconds(times.firstMs)}, transcripts ${seconds(times.textMs)}, headers ${seconds(times.headersMs)}, ` +
        `all ${seconds(times.allMs)}; process ${mb(times.startBytes)} → ${mb(times.peakBytes)} MB; ` +
        `${right} of ${bad.size} bad lines named, ${named.size - right} others`,
    );
    return times;
  };
  console.log(`${lines} lines, ${bad.size} of them bad, each with a WAV file of ${samples} samples`);
  const facts = join(folder, 'facts.jsonl');
  const first = check('new', facts);
  check('known', facts);
  check('after an edit', facts, '--trusting');
  if (values.listen) check('listened to', facts, '--listen');
  const over = Object.entries(bars).filter(([name, bar]) => first[name as keyof typeof bars] > bar);
  console.log(over.length > 0 ? `over the bar: ${over.map(([name]) => name).join(', ')}` : 'all within the bars');
  process.exitCode = over.length > 0 ? 1 : 0;
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}
