import { spawn } from 'node:child_process';
import * as path from 'node:path';
import type { StreamEnd, StreamSettings } from '../../../shared/protocol/streaming.ts';
import { parseStreamEvent, type StreamEvent } from '../../../shared/streaming/streamEvents.ts';
import type { EngineProgram } from '../../services/engine.ts';

export interface StreamPlayer {
  stop(): void;
}

export interface StreamListener {
  told(events: StreamEvent[]): void;
  /** Once, after everything was told. */
  ended(end: StreamEnd): void;
  /** What the engine says beside its events. */
  said(line: string): void;
}

/** Events come by the hundred where nothing waits for real time; a view is told that often. */
const togetherMs = 50;

/** Starts `asr stream --events` on one recording, as a process of its own. */
export function playStream(
  { node, script, environment }: EngineProgram,
  { model, recording }: { model: string; recording: string },
  settings: StreamSettings,
  listener: StreamListener,
): StreamPlayer {
  const child = spawn(node, [script, ...streamArguments(model, recording, settings)], {
    cwd: path.dirname(recording),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  let stopped = false;
  let lastSaid = '';
  const batch = createBatch(listener);
  const end = (state: StreamEnd['state'], message: string) => {
    batch.flush();
    listener.ended({ state, message });
  };
  eachLine(child.stdout, (line) => {
    const event = parseStreamEvent(line);
    if (event) batch.add(event);
  });
  eachLine(child.stderr, (line) => {
    lastSaid = line;
    listener.said(line);
  });
  let failed = false;
  child.once('error', (error) => {
    failed = true;
    end('failed', `The engine could not be started (${node}): ${error.message}`);
  });
  child.once('close', (code) => {
    if (failed) return;
    if (stopped) end('stopped', '');
    else if (code === 0) end('done', '');
    else end('failed', lastSaid.replace(/^asr: /, '') || `asr stream ended with exit code ${code}`);
  });
  return {
    stop() {
      stopped = true;
      // To kill one that could not be started would be to kill this process's whole group.
      if (child.pid !== undefined && child.exitCode === null) child.kill();
    },
  };
}

export function streamArguments(model: string, recording: string, settings: StreamSettings): string[] {
  const { chunkMs, lookAheadMs, silenceMs, speed } = settings;
  const lookAhead = lookAheadMs === null ? [] : ['--look-ahead-ms', String(lookAheadMs)];
  const options = ['--chunk-ms', String(chunkMs), ...lookAhead, '--silence-ms', String(silenceMs)];
  return ['stream', ...options, '--speed', String(speed), '--events', '--', model, recording];
}

function createBatch({ told }: StreamListener): { add(event: StreamEvent): void; flush(): void } {
  let waiting: StreamEvent[] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const events = waiting;
    waiting = [];
    if (events.length > 0) told(events);
  };
  return {
    flush,
    add(event) {
      waiting.push(event);
      timer ??= setTimeout(flush, togetherMs);
    },
  };
}

function eachLine(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim() !== '') take(line);
  });
  stream.on('end', () => {
    if (rest.trim() !== '') take(rest);
  });
}
