import type { Terminal } from '../terminal.ts';

/** The terminal as a trial sees it. */
export interface TrialTerminal extends Terminal {
  /** What the next trial's progress begins with. */
  begin(prefix: string): void;
  /** Asks the trial that goes on to stop. */
  stop(): void;
}

/** A trial is heard like a run, but the sweep gives the answer and hears Ctrl-C; the data's problems are told once. */
export function createTrialTerminal(terminal: Terminal): TrialTerminal {
  let prefix = '';
  let trials = 0;
  let stop: (() => void) | undefined;
  return {
    json: terminal.json,
    interactive: terminal.interactive,
    get logFile() {
      return terminal.logFile;
    },
    set logFile(file) {
      terminal.logFile = file;
    },
    print: terminal.print,
    note: terminal.note,
    report: (problem) => trials <= 1 && terminal.report(problem),
    progress: (line) => terminal.progress(line === '' ? '' : prefix + line),
    result: () => undefined,
    onInterrupt(handler) {
      stop = handler;
      return () => {
        stop = undefined;
      };
    },
    begin(text) {
      prefix = text;
      trials++;
    },
    stop: () => stop?.(),
  };
}
