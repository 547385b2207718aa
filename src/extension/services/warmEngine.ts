import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import * as vscode from 'vscode';
import { UserError } from '../../shared/problem.ts';
import type { ListenAnswer, ListenCall } from '../../shared/protocol/listen.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Engine } from './engine.ts';
import type { Log } from './log.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** An engine that keeps models open between questions: started on first use, ended when it has long been idle. */
export interface WarmEngine {
  ask(call: WithoutId<ListenCall>, options?: WarmOptions): Promise<unknown>;
}

export interface WarmOptions {
  token?: vscode.CancellationToken;
  /** Share of a long recording that has been heard, 0 to 1. */
  progress?(share: number): void;
}

const idleMs = 5 * 60_000;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
  progress?: ((share: number) => void) | undefined;
}
type Child = ChildProcessByStdio<Writable, Readable, Readable>;

export function createWarmEngine(scope: Scope, engine: Engine, log: Log): WarmEngine {
  const waiting = new Map<number, Waiting>();
  let child: Child | undefined;
  let idle: NodeJS.Timeout | undefined;
  let nextId = 1;

  const stop = () => {
    // It ends when its input does.
    child?.stdin.end();
    child = undefined;
  };
  const rest = () => {
    clearTimeout(idle);
    if (waiting.size === 0) idle = setTimeout(stop, idleMs);
  };
  const takeAnswer = (line: string) => {
    const answer = JSON.parse(line) as ListenAnswer;
    const asked = waiting.get(answer.id);
    if ('progress' in answer) {
      asked?.progress?.(answer.progress);
      return;
    }
    waiting.delete(answer.id);
    rest();
    if ('result' in answer) asked?.resolve(answer.result);
    else asked?.reject(errorOf(answer.error));
  };
  const start = (): Child => {
    const { node, script, environment } = engine.program('engine');
    log.engine.info('asr listen');
    const started = spawn(node, [script, 'listen'], {
      env: { ...process.env, ...environment },
      stdio: ['pipe', 'pipe', 'pipe'],
      windowsHide: true,
    });
    const end = (error: Error) => {
      // Another one may have taken its place.
      if (child !== started) return;
      child = undefined;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    };
    let said = '';
    started.once('error', (error) => end(new UserError(`The engine could not be started (${node}): ${error.message}`)));
    started.once('exit', (code, signal) =>
      end(new Error(`the engine that transcribes ended (${signal ?? `exit code ${code}`}): ${said.trim()}`)),
    );
    // A broken pipe is followed by the exit, which tells the reason.
    started.stdin.on('error', () => {});
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2000);
      for (const line of text.split('\n')) if (line.trim() !== '') log.engine.info(line);
    });
    readLines(started.stdout, takeAnswer);
    return started;
  };
  scope.add(() => {
    clearTimeout(idle);
    stop();
  });
  return {
    ask(call, { token, progress } = {}) {
      if (token?.isCancellationRequested) return Promise.reject(new vscode.CancellationError());
      clearTimeout(idle);
      child ??= start();
      const { stdin } = child;
      const id = nextId++;
      const cancelled = token?.onCancellationRequested(() =>
        stdin.write(`${JSON.stringify({ id, call: 'cancel' })}\n`),
      );
      return new Promise((resolve, reject) => {
        waiting.set(id, { resolve, reject, progress });
        stdin.write(`${JSON.stringify({ id, ...call })}\n`);
      }).finally(() => cancelled?.dispose());
    },
  };
}

/** A line may be megabytes long: only what has just come is searched for its end. */
function readLines(stream: Readable, take: (line: string) => void): void {
  const parts: string[] = [];
  stream.setEncoding('utf8').on('data', (text: string) => {
    const [first, ...lines] = text.split('\n');
    parts.push(first!);
    for (const line of lines) {
      take(parts.splice(0).join(''));
      parts.push(line);
    }
  });
}

function errorOf({ message, kind }: Extract<ListenAnswer, { error: unknown }>['error']): Error {
  if (kind === 'cancelled') return new vscode.CancellationError();
  return kind === 'expected' ? new UserError(message) : new Error(message);
}
