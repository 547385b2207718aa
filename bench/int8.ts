import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { QuantizationReport } from '../src/engine/quantize/report.ts';
import { runEngine } from '../src/engine/runEngine.ts';
import { createTerminal } from '../src/engine/terminal.ts';
import { option } from './sides.ts';

// INT8 against single precision of one model, one utterance at a time, models in turns:
// `npm run bench:int8 -- --model runs/an4 --manifest train.jsonl --dev dev.jsonl [--threads 1] [--method static]`
const model = option('model', '');
const [manifest, dev] = [option('manifest', ''), option('dev', '')];
if (!model || !manifest || !dev) throw new Error('give --model, --manifest and --dev');

const goals = { faster: 2.67, worse: 0.003, smaller: 3.5 };

const folder = mkdtempSync(join(tmpdir(), 'asr-bench-int8-'));
let printed = '';
const streams = { out: { write: (text: string) => (printed += text) }, error: process.stderr };
const argv = ['quantize', model, '--manifest', manifest, '--dev', dev, '--out', join(folder, 'int8.onnx')];
argv.push('--threads', option('threads', '1'), '--method', option('method', 'static'), '--json');
const code = await runEngine(
  argv,
  createTerminal(true, streams, () => performance.now()),
  () => undefined,
);
rmSync(folder, { recursive: true });
if (code !== 0) process.exit(code);

const { utterance, recurrent, bytes, wer, machine } = JSON.parse(printed) as QuantizationReport;
const state = (met: boolean) => (met ? 'met' : 'MISSED');
console.log(`${machine.processor}, ${machine.threads} threads`);
for (const [title, { ratio }] of Object.entries({
  shortest: utterance.shortest,
  median: utterance.median,
  processor: utterance.processor,
}))
  console.log(
    `whole utterance, ${title}: ${ratio.toFixed(2)}× faster, bar ${goals.faster} ${state(ratio >= goals.faster)}`,
  );
if (recurrent) console.log(`recurrent layers: ${recurrent.ratio.toFixed(2)}× faster`);
console.log(`size: ${bytes.ratio.toFixed(2)}× smaller, bar ${goals.smaller} ${state(bytes.ratio >= goals.smaller)}`);
const [low, high] = wer!.interval95.map((rate) => (100 * rate).toFixed(2));
const worse = `${(100 * wer!.difference).toFixed(2)} points (95 % interval ${low} to ${high})`;
console.log(`WER: ${worse}, bar ${100 * goals.worse} ${state(wer!.difference <= goals.worse)}`);
const met = utterance.median.ratio >= goals.faster && bytes.ratio >= goals.smaller && wer!.difference <= goals.worse;
process.exitCode = met ? 0 : 1;
