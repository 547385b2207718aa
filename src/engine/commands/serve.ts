import { randomUUID } from 'node:crypto';
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { writeError } from '../../training/fileError.ts';
import type { ParsedArguments } from '../arguments.ts';
import { chooseDecoding } from '../model/chooseDecoding.ts';
import { openModel } from '../model/openModel.ts';
import { createRecognizer } from '../model/recognizer.ts';
import { readLimits } from '../serve/limits.ts';
import { keepWarm, type ServedModel } from '../serve/servedModel.ts';
import { startServer } from '../serve/server.ts';
import { chooseToken } from '../serve/token.ts';
import { openStreamModel } from '../stream/streamModel.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

/** What is told once the server listens; the token only where it was made for this start. */
export interface ReadyEvent {
  url: string;
  pid: number;
  models: string[];
  token?: string;
}

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const host = args.text('host') ?? '127.0.0.1';
  const port = args.number('port', { min: 0, max: 65_535, integer: true }) ?? 0;
  const limits = readLimits(args);
  const token = chooseToken(args.text('token-file'), process.env);
  if (token.warning) terminal.report({ code: 'token-file', severity: 'warning', message: token.warning });
  const origins = args.texts('allow-origin');
  for (const origin of origins) checkOrigin(origin);
  const readyFile = args.text('ready-file');
  const models: ServedModel[] = [];
  // From here on Ctrl-C and SIGTERM end the server in good order, even while it starts.
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  terminal.onInterrupt(() => stop());
  try {
    terminal.note(`loading ${args.operands.map((path) => basename(path)).join(', ')}`);
    for (const path of args.operands) models.push(await openServed(path, args, terminal, models));
    const server = await startServer({
      ...{ models, host, port, token: token.value, allowedHosts: args.texts('allow-host'), allowedOrigins: origins },
      ...{ limits, log: (line) => terminal.note(line) },
    });
    try {
      const ids = models.map(({ id }) => id);
      const shown = { url: server.url, pid: process.pid, models: ids };
      if (!isLoopback(host))
        terminal.report({
          ...{ code: 'serve-open', severity: 'warning' },
          message: `other machines can reach ${host}; the token and all audio cross the network unencrypted: put a proxy with TLS in front, and name it by --allow-host`,
        });
      if (readyFile !== undefined) writeReady(readyFile, shown);
      announce(token.fresh ? { ...shown, token: token.value } : shown, terminal);
      await stopped;
      terminal.note('ending: what runs is finished first');
    } finally {
      await server.drain();
      if (readyFile !== undefined) rmSync(readyFile, { force: true });
    }
  } finally {
    // Their processes end by themselves once they are left; one that is in the midst of a piece is not waited for.
    const left = Promise.all(models.map((model) => model.dispose()));
    await Promise.race([left, new Promise((resolve) => setTimeout(resolve, 1000))]);
  }
  return 0;
}

/** The line that programs wait for: `ready ` and one JSON document. */
function announce(event: ReadyEvent, terminal: Terminal): void {
  terminal.note(`serving ${event.models.join(', ')} on ${event.url} (Ctrl-C ends it)`);
  terminal.note(`ready ${JSON.stringify(event)}`);
  terminal.result(event);
}

async function openServed(
  path: string,
  args: ParsedArguments,
  terminal: Terminal,
  others: readonly ServedModel[],
): Promise<ServedModel> {
  const model = await openModel(path, terminal.report);
  const decoding = chooseDecoding(model, args);
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores();
  const { sampleRateHz } = model.metadata.features;
  const served = await keepWarm(
    {
      ...{ id: nameModel(path, others), sampleRateHz, createdSec: Math.floor(statSync(model.source).mtimeMs / 1000) },
      open: () => createRecognizer(model, threads, decoding),
      openForStreams: () => openStreamModel(model, threads),
    },
    (line) => terminal.note(line),
  );
  // The first recognition plans the graph's memory: better now than in a client's time.
  await served.recognize(new Float32Array(sampleRateHz), 0);
  return served;
}

/** A run's or file's own name; of a checkpoint that of its run as well. */
function nameModel(path: string, others: readonly ServedModel[]): string {
  const full = resolve(path);
  const folder = dirname(full);
  const own = basename(full).replace(/\.onnx$/i, '');
  const name = basename(folder) === 'checkpoints' ? `${basename(dirname(folder))}-${own}` : own;
  const taken = others.some(({ id }) => id === name);
  return taken ? `${name}-${others.length + 1}` : name;
}

function checkOrigin(origin: string): void {
  if (!URL.canParse(origin) || new URL(origin).origin !== origin)
    throw new UserError(
      `--allow-origin ${origin}: give a scheme, host and port as browsers send them, such as https://example.org`,
    );
}

const isLoopback = (host: string): boolean => /^(localhost|127(\.\d+){3}|::1)$/i.test(host);

/** Whole at once: whoever waits for the file never reads half of it. */
function writeReady(file: string, event: ReadyEvent): void {
  const fresh = `${file}.${randomUUID()}`;
  try {
    writeFileSync(fresh, `${JSON.stringify(event)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(fresh, file);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw writeError(error, file, 'ready file');
  }
}
