import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/**
 * The result card of AN4: word error rate, its interval and the real-time factor of trained runs, read greedily, by beam
 * search with and without a language model, in 8-bit integers, as an ensemble and as a stream, each by the command that a
 * user would type. `npm run bench:card -- --folder <runs> [--runs s1,s2,s3 --uni uni --data ../shared/data/an4
 * --out out/card --threads 1 --only greedy,beam]`
 * The language model is of the training transcripts alone, and nothing is tuned on what is scored. Commands that fail
 * are rows that say so. The reports lie in `--out`, a folder for each row.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const { values } = parseArgs({
  options: {
    folder: { type: 'string', default: '.' },
    runs: { type: 'string', default: 's1,s2,s3' },
    uni: { type: 'string', default: 'uni' },
    data: { type: 'string', default: join(root, '../shared/data/an4') },
    out: { type: 'string', default: join(root, 'out/card') },
    threads: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
});
const runs = values.runs.split(',').map((name) => resolve(values.folder, name));
const uni = resolve(values.folder, values.uni);
const [train, dev] = ['train.jsonl', 'dev.jsonl'].map((file) => resolve(values.data, file)) as [string, string];
const out = resolve(values.out);
const lm = join(out, 'train-3gram.arpa');
const int8 = join(out, 'int8.onnx');
mkdirSync(out, { recursive: true });

interface Row {
  name: string;
  what: string;
  /** Of `asr evaluate`, models first. */
  args: readonly string[];
  /** Commands whose files it needs. */
  before?: readonly (readonly string[])[];
}

const first = runs[0]!;
const greedy = ['--decoder', 'greedy'];
const trainLm = ['lm', 'train', '--text', train, '--order', '3', '--out', lm];
const quantize = ['quantize', first, '--manifest', train, '--out', int8];
const rows: readonly Row[] = [
  { name: 'greedy', what: 'greedy', args: [first, ...greedy] },
  ...runs.slice(1).map((run, i) => ({ name: `greedy-${i + 2}`, what: `greedy, run ${i + 2}`, args: [run, ...greedy] })),
  { name: 'beam', what: 'beam search', args: [first, '--decoder', 'beam'] },
  {
    name: 'beam-lm',
    what: 'beam search, 3-gram of the training transcripts',
    args: [first, '--decoder', 'beam', '--lm', lm],
    before: [trainLm],
  },
  { name: 'int8', what: '8-bit integers, greedy', args: [int8, ...greedy], before: [quantize] },
  {
    name: 'int8-beam-lm',
    what: '8-bit integers, beam search, 3-gram',
    args: [int8, '--decoder', 'beam', '--lm', lm],
    before: [trainLm, quantize],
  },
  ...(runs.length > 1 ? [{ name: 'ensemble', what: `ensemble of ${runs.length}`, args: [...runs, ...greedy] }] : []),
  { name: 'uni', what: 'unidirectional, greedy', args: [uni, ...greedy] },
  { name: 'stream', what: 'unidirectional, as a stream', args: [uni, ...greedy, '--streaming'] },
];

interface Scores {
  model: string;
  wer: number;
  cer: number;
  interval95: [number, number];
  realTimeFactor: number;
}
interface Evaluated extends Scores {
  combined?: Scores[];
}
interface Compared {
  significance: { difference: number; p: number };
}

const percent = (rate: number) => `${(100 * rate).toFixed(2)} %`;
const table: string[] = [
  '| decoding | WER | 95 % interval | CER | real-time factor | against greedy |',
  '|---|---|---|---|---|---|',
];
const add = (what: string, scores: Scores, against: string) => {
  const { wer, cer, interval95, realTimeFactor } = scores;
  const interval = `${percent(interval95[0])} to ${percent(interval95[1])}`;
  table.push(`| ${[what, percent(wer), interval, percent(cer), realTimeFactor.toFixed(4), against].join(' | ')} |`);
  console.log(table.at(-1));
};

const made = new Set<readonly string[]>();
const failed: string[] = [];
for (const row of rows) {
  if (values.only && !values.only.split(',').includes(row.name)) continue;
  try {
    for (const command of row.before ?? []) {
      if (!made.has(command)) engine(command);
      made.add(command);
    }
    const folder = join(out, row.name);
    const result = engine<Evaluated>([
      ...['evaluate', ...row.args, '--manifest', dev],
      ...['--threads', values.threads, '--out-dir', folder],
    ]);
    const reference = join(out, 'greedy');
    const comparable = row.name !== 'greedy' && existsSync(join(reference, 'report.json'));
    add(
      result.combined ? `${row.what}: ${result.model}` : row.what,
      result,
      comparable ? compare(reference, folder) : '',
    );
    const average = result.combined?.find(({ model }) => model.startsWith('average'));
    if (average) add(`${row.what}: ${average.model}`, average, '');
  } catch (error) {
    failed.push(row.name);
    const [reason = ''] = (error as Error).message.split('\n').slice(-1);
    table.push(`| ${row.what} | failed: ${reason.replaceAll('|', '\\|')} | | | | |`);
    console.log(table.at(-1));
  }
}
writeFileSync(join(out, 'card.md'), `${table.join('\n')}\n`);
console.log(`\n${table.join('\n')}\n\nwrote ${join(out, 'card.md')}`);
if (failed.length > 0) process.exitCode = 1;

function compare(before: string, after: string): string {
  const { difference, p } = engine<Compared>(['compare', before, after]).significance;
  const sign = difference > 0 ? '+' : difference < 0 ? '−' : '';
  return `${sign}${(100 * Math.abs(difference)).toFixed(2)} points, p = ${p.toPrecision(2)}`;
}

/** The JSON document of a command; throws with its last words where it fails. */
function engine<T>(args: readonly string[]): T {
  const { status, stdout, stderr, error } = spawnSync(
    process.execPath,
    [join(root, 'dist/engine.js'), ...args, '--json'],
    { encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(stderr.trim() || `exit code ${status}`);
  return JSON.parse(stdout) as T;
}
