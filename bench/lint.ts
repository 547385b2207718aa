// Data lint of a manifest of 100,000 lines, 1 % of them bad, each line with a small WAV file of its own.
//   node bench/lint.ts [--lines 100000] [--keep]
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeWav } from '../src/dsp/writeWav.ts';
import { createRandom } from '../src/shared/random.ts';
import type { LintTimes } from './lintOnce.ts';

const { values } = parseArgs({ options: { lines: { type: 'string', default: '100000' }, keep: { type: 'boolean' } } });
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
  (entry) => ({ ...entry, audio_filepath: 'gone.wav' }),
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

try {
  const { manifest, bad } = writeCorpus();
  const check = (...flags: string[]): LintTimes =>
    JSON.parse(
      execFileSync(process.execPath, [join(import.meta.dirname, 'lintOnce.ts'), manifest, ...flags], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      }),
    ) as LintTimes;
  const cache = join(folder, 'facts.jsonl');
  const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;
  for (const [title, flags] of [
    ['headers, the first time', ['--cache', cache]],
    ['headers, known before', ['--cache', cache]],
    ['after an edit, nothing looked at again', ['--cache', cache, '--trusting']],
    ['headers and samples', ['--cache', cache, '--content']],
    ['headers and samples, known before', ['--cache', cache, '--content']],
  ] as const) {
    const times = check(...flags);
    const named = new Set(times.lines);
    const missed = [...bad].filter((line) => !named.has(line)).length;
    const wrong = [...named].filter((line) => !bad.has(line)).length;
    process.stdout.write(
      `${title}: first problems ${seconds(times.firstMs)}, transcripts ${seconds(times.textMs)}, all ${seconds(times.allMs)}, ` +
        `peak ${Math.round(times.peakBytes / 2 ** 20)} MiB; ${bad.size - missed} of ${bad.size} bad lines named, ${wrong} others\n`,
    );
  }
} finally {
  if (!values.keep) rmSync(folder, { recursive: true, force: true });
}
