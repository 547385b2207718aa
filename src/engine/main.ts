#!/usr/bin/env node
import { appendFileSync } from 'node:fs';
import { systemCode } from '../training/fileError.ts';
import { runEngine } from './runEngine.ts';
import { createTerminal } from './terminal.ts';

const json = process.argv.includes('--json');
const terminal = createTerminal(json, { out: process.stdout, error: process.stderr }, () => performance.now());

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!terminal.interrupt()) process.exit(130);
  });
}
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: Error) => {
    const code = systemCode(error);
    // A run has its log: it does not end because the disk that takes its output is full.
    if (terminal.logFile !== undefined && (code === 'ENOSPC' || code === 'EDQUOT')) return;
    // A reader that has seen enough (`asr … | head`) is no error.
    process.exit(code === 'EPIPE' ? 0 : 2);
  });
}
const code = await runEngine(process.argv.slice(2), terminal, (file, text) => appendFileSync(file, text));
// What has been written goes out first; then nothing a command left behind (a thread, a child) keeps the process.
for (const stream of [process.stdout, process.stderr]) await new Promise((written) => stream.write('', written));
process.exit(code);
