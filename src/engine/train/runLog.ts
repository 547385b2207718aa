import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, renderProblem, UserError } from '../../shared/problem.ts';
import type { BatchSkipped, EngineEvent } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { createRunModel, type RunModel, reduce, reduceAll } from '../../shared/run/runModel.ts';
import { type EventLog, openEventLog, readEvents } from '../../training/run/eventLog.ts';
import type { Terminal } from '../terminal.ts';
import { renderAverage, renderEpoch, renderGuard, renderNorms, renderProgress } from './progressText.ts';

/** Everything a run tells: events to its file, lines to `log.txt` and the terminal, one line of progress. */
export interface RunLog {
  readonly model: RunModel;
  emit(event: EngineEvent): void;
  /** A problem of the data or of a file, as event and in words. */
  report(problem: Problem): void;
  note(text: string): void;
  close(): void;
}

/** So many problems are named on the terminal; all are in the log. */
const shownProblems = 20;

export function openRunLog(runDirectory: string, terminal: Terminal, step: () => number): RunLog {
  const logFile = join(runDirectory, runFiles.log);
  const eventFile = join(runDirectory, runFiles.events);
  let model = reduceAll(createRunModel(), readEvents(eventFile));
  const events = guarded(openEventLog(eventFile));
  terminal.logFile = logFile;
  let problems = 0;
  const write = (text: string) => appendFileSync(logFile, `${new Date().toISOString()} ${text}\n`);
  const note = (text: string) => {
    write(text);
    terminal.note(text);
  };
  const emit = (event: EngineEvent) => {
    events.write(event);
    model = reduce(model, event);
    if (event.kind === 'step') terminal.progress(renderProgress(model));
    else if (event.kind === 'evaluated') note(renderEpoch(model, event));
    else if (event.kind === 'batchSkipped') note(renderSkipped(event));
    else if (event.kind === 'guard') note(renderGuard(event));
    else if (event.kind === 'averaged') note(renderAverage(event));
    else if (event.kind === 'gradientNorms') write(renderNorms(event));
    else if (event.kind === 'profiled')
      note(`profiled ${event.steps} steps: asr profile ${join(runDirectory, event.path)}`);
    else if (event.kind === 'paused') note(event.paused ? 'paused' : 'goes on');
  };
  return {
    get model() {
      return model;
    },
    emit,
    report(problem) {
      const { severity, code, message, file, line } = problem;
      const where = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
      emit({ kind: 'problem', step: step(), timeMs: Date.now(), severity, code, message, ...where });
      write(renderProblem(problem));
      problems++;
      if (problems <= shownProblems) terminal.report(problem);
      else if (problems === shownProblems + 1) terminal.note(`more problems are in ${logFile}`);
    },
    note,
    close: () => events.close(),
  };
}

function renderSkipped({ step, reason, lossScale, utterances }: BatchSkipped): string {
  return reason === 'overflow'
    ? `step ${step}: the gradient left float16 at loss scale ${lossScale}, no update; the scale is halved`
    : `step ${step}: loss not finite, no update: ${utterances.join(', ')}`;
}

/** Of a rank that writes nothing: problems are kept for the one that does. */
export function createSilentLog(): RunLog & { take(): Problem[] } {
  let problems: Problem[] = [];
  return {
    model: createRunModel(),
    emit: () => undefined,
    report: (problem) => problems.push(problem),
    note: () => undefined,
    close: () => undefined,
    take() {
      const taken = problems;
      problems = [];
      return taken;
    },
  };
}

/** A log that cannot be written ends the run with a reason rather than with a stack. */
function guarded(log: EventLog): EventLog {
  return {
    write(event) {
      try {
        log.write(event);
      } catch (error) {
        throw new UserError(`the run's events cannot be written: ${(error as Error).message}`);
      }
    },
    close: () => log.close(),
  };
}
