import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';

const root = join(import.meta.dirname, '..');

interface Step {
  name: string;
  command: string[];
  /** The step prints a line with "N passed" and perhaps "N failed"; otherwise it counts as one check. */
  counted?: boolean;
}

/** One after another; those of a list at the same time: a workbench mostly waits, and pages take the other processor. */
const steps: (Step | Step[])[] = [
  [
    { name: 'types', command: ['tsc', '-b'] },
    { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  ],
  { name: 'unit, numeric and fault tests', command: ['vitest', 'run'], counted: true },
  { name: 'inside VS Code', command: ['node', 'scripts/testVscode.ts'], counted: true },
  { name: 'package', command: ['node', 'scripts/package.ts'] },
  [
    { name: 'user interface', command: ['vitest', 'run', '--config', 'test/ui/vitest.config.ts'], counted: true },
    { name: 'views', command: ['vitest', 'run', '--config', 'test/views/vitest.config.ts'], counted: true },
  ],
];

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: colour codes are taken out of the output before it is read.
const colours = /\u001b\[[0-9;]*m/g;

/** Adds up the summaries of a step's runners: vitest's "Tests  3 passed | 1 skipped (4)", mocha's "3 passing (2s)". */
function countsOf(output: string): Counts {
  const summaries = output
    .replace(colours, '')
    .split('\n')
    .filter((line) => /^\s*Tests\s+\d+ \w+/.test(line) || /^\s*\d+ (passing|failing|pending)\b/.test(line));
  const sum = (...words: string[]) =>
    summaries
      .flatMap((line) => [...line.matchAll(/(\d+) (\w+)/g)])
      .filter(([, , word]) => words.includes(word!))
      .reduce((total, [, count]) => total + Number(count), 0);
  return { passed: sum('passed', 'passing'), failed: sum('failed', 'failing'), skipped: sum('skipped', 'pending') };
}

function runStep(step: Step): Promise<Counts> {
  console.log(`\n=== ${step.name}: ${step.command.join(' ')}`);
  const started = performance.now();
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH].join(delimiter);
  const child = spawn(step.command[0]!, step.command.slice(1), {
    cwd: root,
    env: { ...process.env, PATH: path, ...(wanted.length === 0 ? { ASR_BUILT: '1' } : {}) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => {
      output += bytes.toString();
      process.stdout.write(bytes);
    });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      const counts = step.counted ? countsOf(output) : { passed: status === 0 ? 1 : 0, failed: 0, skipped: 0 };
      if (status !== 0 && counts.failed === 0) counts.failed = 1;
      if (step.counted && counts.passed + counts.failed === 0) counts.failed = 1;
      console.log(`--- ${step.name}: ${((performance.now() - started) / 1000).toFixed(1)} s`);
      resolve(counts);
    });
  });
}

const wanted = process.argv.slice(2);
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
const isWanted = ({ name }: Step) => wanted.some((word) => name.toLowerCase().replaceAll(' ', '').includes(word));
const groups = steps.map((step) => (Array.isArray(step) ? step : [step]));
const chosen = groups
  .map((group) => (wanted.length === 0 ? group : group.filter(isWanted)))
  .filter(({ length }) => length);
if (chosen.length === 0) throw new Error(`no step is called ${wanted.join(' or ')}`);
for (const group of chosen)
  for (const counts of await Promise.all(group.map(runStep))) {
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
  }
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed > 0 ? 1 : 0;
