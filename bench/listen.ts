// How soon a warm engine answers: `npm run bench:listen -- <model> <recording of at least 5 s>`. The second request should
// take no longer than decoding plus 150 ms.
import { spawn } from 'node:child_process';
import * as path from 'node:path';
import { createInterface } from 'node:readline';

const [model, audio] = process.argv.slice(2);
if (!model || !audio) throw new Error('usage: bench/listen.ts <model> <audio>');
const engine = path.join(import.meta.dirname, '../dist/engine.js');
const startedMs = performance.now();
const child = spawn(process.execPath, [engine, 'listen'], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = new Map<number, (answer: unknown) => void>();
createInterface({ input: child.stdout }).on('line', (line) => {
  const answer = JSON.parse(line) as { id: number };
  if (!('progress' in answer)) answers.get(answer.id)?.(answer);
});
let nextId = 0;
async function ask(endSec: number): Promise<number> {
  const id = ++nextId;
  const beginMs = performance.now();
  const answered = new Promise((resolve) => answers.set(id, resolve));
  child.stdin.write(`${JSON.stringify({ id, call: 'transcribe', model, audio, startSec: 0, endSec })}\n`);
  const answer = await answered;
  if (typeof answer === 'object' && answer && 'error' in answer) throw new Error(JSON.stringify(answer));
  return performance.now() - beginMs;
}
const show = (what: string, ms: number) => console.log(`${what.padEnd(44)}${ms.toFixed(0).padStart(7)} ms`);

await ask(5);
show('first request, from the start of the process', performance.now() - startedMs);
const times = [];
for (let i = 0; i < 10; i++) times.push(await ask(5));
show('second request, 5 s of audio', times[0]!);
show('median of ten, 5 s of audio', times.sort((a, b) => a - b)[5]!);
// What a request takes beside hearing: almost no audio.
const short = [];
for (let i = 0; i < 10; i++) short.push(await ask(0.05));
show('median of ten, 0.05 s of audio (overhead)', short.sort((a, b) => a - b)[5]!);
child.stdin.end();
