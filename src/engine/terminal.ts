import type { Problem } from '../shared/problem.ts';
import { renderProblem, showControls } from '../shared/problem.ts';

/** Where a command speaks. With `--json` standard output carries the one document only; everything else goes to standard error. */
export interface Terminal {
  readonly json: boolean;
  readonly interactive: boolean;
  /** A line of the result, for people. */
  print(line: string): void;
  /** A line about what is going on. */
  note(line: string): void;
  report(problem: Problem): void;
  /** One line that replaces itself on a terminal; elsewhere it is printed after two seconds, then every ten. Empty clears it. */
  progress(line: string): void;
  /** The JSON document; without `--json` nothing is printed. Once per command. */
  result(document: unknown): void;
  /** Called on the first Ctrl-C or SIGTERM instead of ending the process; a second one ends it. Returns the way to take it back. */
  onInterrupt(handler: () => void): () => void;
  /** Where the stack of a bug is kept too, once a command has such a file. */
  logFile: string | undefined;
}

export interface Streams {
  out: { write(text: string): unknown };
  error: { write(text: string): unknown; isTTY?: boolean; columns?: number };
}

export interface TerminalControl extends Terminal {
  /** Whether `result` was called. */
  readonly answered: boolean;
  /** Handlers waiting for an interrupt. */
  interrupt(): boolean;
}

export function createTerminal(json: boolean, streams: Streams, now: () => number): TerminalControl {
  const { out, error } = streams;
  const handlers = new Set<() => void>();
  let shown = '';
  let lastProgressMs = now() - 8000;
  let answered = false;
  const clear = () => {
    if (shown !== '') error.write('\r\u001b[K');
    shown = '';
  };
  const line = (stream: { write(text: string): unknown }, text: string) => {
    const again = shown;
    clear();
    stream.write(`${text}\n`);
    if (again !== '') show(again);
  };
  const show = (text: string) => {
    shown = text.slice(0, Math.max(10, (error.columns ?? 100) - 1));
    error.write(`\r\u001b[K${shown}`);
  };
  return {
    json,
    interactive: error.isTTY === true,
    logFile: undefined,
    print: (text) => line(json ? error : out, showLines(text)),
    note: (text) => line(error, showLines(text)),
    report: (problem) => line(error, renderProblem(problem)),
    progress(text) {
      if (text === '') clear();
      else if (error.isTTY) show(showControls(text));
      else if (now() - lastProgressMs >= 10_000) {
        lastProgressMs = now();
        error.write(`${showControls(text)}\n`);
      }
    },
    result(document) {
      if (answered) throw new Error('a command gives one result');
      answered = true;
      clear();
      if (json) out.write(`${JSON.stringify(document)}\n`);
    },
    onInterrupt(handler) {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
    get answered() {
      return answered;
    },
    interrupt() {
      const waiting = [...handlers];
      handlers.clear();
      for (const handler of waiting) handler();
      return waiting.length > 0;
    },
  };
}

/** Lines and tabs may be meant; anything else that acts on a terminal came from a file. */
const showLines = (text: string) => text.replace(/[^\n\t]+/g, showControls);
