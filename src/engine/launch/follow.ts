import { UserError } from '../../shared/problem.ts';
import { renderRunStatus } from '../../shared/run/runStatus.ts';
import type { Terminal } from '../terminal.ts';
import { openOutputFile } from './outputFile.ts';
import { type RunTail, tailRun, tailRunLog } from './runTail.ts';
import type { StartedEngine } from './startEngine.ts';

const pollMs = 100;

/** What the terminal asked of the launcher. */
export interface Wishes {
  /** Times Ctrl-C was pressed. */
  interrupts: number;
  /** The terminal is gone or wants to be alone: the engine goes on. */
  detach: boolean;
}

/** Shows the output of an engine this process started, until it ends or the terminal closes; its exit code. */
export async function followEngine(
  start: (descriptor: number) => StartedEngine,
  run: RunTail | undefined,
  wishes: Wishes,
  terminal: Terminal,
  outputFolder?: string,
): Promise<number> {
  const output = openOutputFile(outputFolder);
  const engine = start(output.descriptor);
  let rest = '';
  const show = () => {
    const lines = (rest + output.read()).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (!isProgress(line, terminal)) terminal.note(line.replace(/\r$/, ''));
  };
  let answered = 0;
  try {
    for (;;) {
      const exitCode = await Promise.race([engine.ended, pause()]);
      if (wishes.detach) return 0;
      run?.update();
      show();
      if (exitCode !== undefined) {
        terminal.progress('');
        if (rest) terminal.note(rest);
        return exitCode;
      }
      if (wishes.interrupts > answered) await stop(++answered, run, engine.pid, terminal);
      if (run?.model.started) terminal.progress(renderRunStatus(run.model));
    }
  } finally {
    run?.close();
    output.close();
  }
}

/** Follows a run that another process started; 0 done, 1 failed, 2 gone without a word, 130 stopped. */
export async function attachToRun(directory: string, wishes: Wishes, terminal: Terminal): Promise<number> {
  const run = tailRun(directory);
  if (run.ownerPid() === undefined) throw new UserError(`${directory}: no process works on this run`);
  const log = tailRunLog(directory, 20);
  let answered = 0;
  try {
    for (;;) {
      const pid = run.ownerPid();
      run.update();
      for (const line of log.read()) terminal.note(line);
      if (wishes.detach) return 0;
      const { state, message } = run.model;
      if (pid === undefined) {
        terminal.progress('');
        terminal.note(`${state}: ${message ?? renderRunStatus(run.model)}`);
        return state === 'done' ? 0 : state === 'failed' ? 1 : state === 'stopped' ? 130 : 2;
      }
      if (wishes.interrupts > answered) await stop(++answered, run, pid, terminal);
      terminal.progress(renderRunStatus(run.model));
      await pause();
    }
  } finally {
    run.close();
    log.close();
  }
}

/** The engine's own progress, which the last line of a terminal shows better. */
const isProgress = (line: string, terminal: Terminal): boolean =>
  terminal.interactive && /^epoch \d+\/\d+ · step /.test(line);

/** The first Ctrl-C asks; the second does not wait. A checkpoint is whole at any time, so nothing finished is lost. */
async function stop(count: number, run: RunTail | undefined, pid: number, terminal: Terminal): Promise<void> {
  if (count === 1) {
    terminal.note('stopping after this step; press Ctrl-C again to end it at once');
    // A full disk takes no request; the signal asks the same.
    if (run?.ownerPid() === undefined) signal(pid, 'SIGTERM');
    else await run.requestStop().catch(() => signal(pid, 'SIGTERM'));
  } else {
    terminal.note('ended; "--resume" goes on from the last checkpoint');
    signal(pid, 'SIGKILL');
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  // 0 would mean this process's whole group.
  if (pid <= 0) return;
  try {
    process.kill(pid, name);
  } catch {
    // It has just ended by itself.
  }
}

const pause = (): Promise<undefined> => new Promise((resolve) => setTimeout(() => resolve(undefined), pollMs));
