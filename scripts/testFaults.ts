import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

// Tries the faults that a run survives and lists them with their counts: node scripts/testFaults.ts [--nightly] [file …]

const root = join(import.meta.dirname, '..');
const nightly = process.argv.includes('--nightly');
const files = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const reports = mkdtempSync(join(tmpdir(), 'faults-'));
const report = join(reports, 'report.json');

interface Assertion {
  title: string;
  status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo';
  duration?: number | null;
}

/** Tests of a fault are called "row 4: what happens (50 times)", after the table of faults. */
function rowOf({ title, status, duration }: Assertion): { row: number; cells: string[] } | undefined {
  const [, row, what, count] = /^row (\d+): (.*?)(?: \(([^()]*)\))?$/.exec(title) ?? [];
  if (row === undefined) return undefined;
  const result = status === 'passed' || status === 'failed' ? status : 'left out';
  return { row: Number(row), cells: [row, what!, count ?? '', result, `${Math.round((duration ?? 0) / 1000)} s`] };
}

const child = spawn(
  'vitest',
  [
    'run',
    ...(files.length > 0 ? files : ['test/faults']),
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ],
  {
    cwd: root,
    env: {
      ...process.env,
      PATH: [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter),
      ...(nightly ? { ASR_FAULTS: 'nightly' } : {}),
    },
    stdio: 'inherit',
  },
);
const code = await new Promise<number>((resolve, reject) => {
  child.once('error', reject);
  child.once('close', (status) => resolve(status ?? 1));
});
const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as {
  testResults: { assertionResults: Assertion[] }[];
};
rmSync(reports, { recursive: true });
const rows = testResults.flatMap(({ assertionResults }) => assertionResults.flatMap((test) => rowOf(test) ?? []));
console.log('\n| row | fault | count | result | time |\n|---|---|---|---|---|');
for (const { cells } of rows.sort((a, b) => a.row - b.row)) console.log(`| ${cells.join(' | ')} |`);
process.exitCode = code;
