// What happens after a keystroke in a config of 500 lines: problems, outline, links and hints, a hover, a completion, and in
// the analysis thread the figures of the lenses. `npm run bench:config`
import { describeExperiment } from '../src/analysis/describeExperiment.ts';
import { checkExperimentText, keyAt, keysIn, valuesFor } from '../src/extension/services/experimentText.ts';
import { parseExperiment } from '../src/shared/config/parseExperiment.ts';
import { renderExperiment } from '../src/shared/config/renderExperiment.ts';

const rounds = 60;
const lines = 500;
const barMs = 50;

/** Every key written out, and as many manifests and comments as it takes. */
function longConfig(): string {
  const short = 'data: { train: [train.jsonl], dev: [dev.jsonl] }\n';
  const all = renderExperiment(parseExperiment(short, 'short').experiment!).trimEnd().split('\n');
  const manifests = Array.from({ length: lines - all.length - 3 }, (_, i) =>
    i % 4 === 0 ? `    # part ${i}` : `    - parts/part-${i}.jsonl`,
  );
  const data = ['data:', '  dev: [dev.jsonl]', '  train:', ...manifests];
  return `${all.flatMap((line) => (line.startsWith('data:') ? data : [line])).join('\n')}\n`;
}

function inEditor(text: string): number {
  const startMs = performance.now();
  const { problems, entries } = checkExperimentText(text, 'long.asr.yaml');
  if (problems.some(({ severity }) => severity === 'error')) throw new Error(problems[0]!.message);
  const found = entries();
  const key = keyAt(['optimizer', 'learningRate']);
  const offered = [...keysIn(['training']), ...(key ? valuesFor(key) : [])];
  if (found.length < 100 || offered.length < 10) throw new Error('nothing was found');
  return performance.now() - startMs;
}

async function inThread(text: string): Promise<number> {
  const startMs = performance.now();
  await describeExperiment(parseExperiment(text, 'long.asr.yaml').experiment!);
  return performance.now() - startMs;
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!;
const text = longConfig();
const versions = Array.from({ length: rounds }, (_, i) => text.replace(/^seed: .*$/m, `seed: ${i + 1}`));
const host = versions.map(inEditor).slice(10);
const thread: number[] = [];
for (const version of versions.slice(10)) thread.push(await inThread(version));
const [hostMs, worstMs] = [median(host), host.at(-1)!];
console.log(`${text.split('\n').length} lines, median of ${host.length} changes`);
console.log(`in the extension host: ${hostMs.toFixed(1)} ms, longest ${worstMs.toFixed(1)} ms (bar ${barMs} ms)`);
console.log(`in the analysis thread: ${median(thread).toFixed(1)} ms`);
if (hostMs > barMs) process.exitCode = 1;
