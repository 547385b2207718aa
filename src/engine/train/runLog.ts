import { join } from 'node:path';
import { type Problem, renderProblem } from '../../shared/problem.ts';
import type { RunAlert } from '../../shared/run/alert.ts';
import type { BatchSkipped, EngineEvent } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { createRunModel, type RunModel, reduce } from '../../shared/run/runModel.ts';
import { openAlertFile } from '../../training/run/alertFile.ts';
import { openAppender } from '../../training/run/appender.ts';
import { createDigestWriter } from '../../training/run/digestWriter.ts';
import { createDiskWatch, type DiskWatch, noDisk } from '../../training/run/diskWatch.ts';
import { openEventLog } from '../../training/run/eventLog.ts';
import { openOutlets } from '../../training/run/outlets.ts';
import { readRunEvents } from '../../training/run/readRunModel.ts';
import type { Terminal } from '../terminal.ts';
import { renderAverage, renderEpoch, renderGuard, renderNorms, renderProgress } from './progressText.ts';

/** Everything a run tells: events to its file, lines to `log.txt` and the terminal, one line of progress. */
export interface RunLog {
  readonly model: RunModel;
  readonly disk: DiskWatch;
  /** Never throws: what the disk refuses is kept until it takes it. */
  emit(event: EngineEvent): void;
  /** A problem of the data or of a file, as event and in words. */
  report(problem: Problem): void;
  note(text: string): void;
  close(): Promise<void>;
}

/** So many problems are named on the terminal; all are in the log. */
const shownProblems = 20;

export function openRunLog(
  runDirectory: string,
  terminal: Terminal,
  { step, isToStop }: { step(): number; isToStop(): boolean },
): RunLog {
  const logFile = join(runDirectory, runFiles.log);
  const eventFile = join(runDirectory, runFiles.events);
  const alerts = openAlertFile(runDirectory);
  const old = readRunEvents(runDirectory);
  const events = openEventLog(eventFile);
  const lines = openAppender(logFile);
  const outlets = openOutlets(runDirectory);
  const digest = createDigestWriter(runDirectory, events, () => performance.now());
  let { model } = old;
  terminal.logFile = logFile;
  let problems = 0;
  // A refused line goes before the next one.
  const write = (text: string) => attempt(() => lines.append(`${new Date().toISOString()} ${text}\n`));
  const note = (text: string) => {
    write(text);
    terminal.note(text);
  };
  const tell = (event: EngineEvent) => {
    attempt(
      () => events.write(event),
      (error) => disk.refused(error, events.flush),
    );
    model = reduce(model, event);
    outlets.take(event);
    digest.offer(model);
    if (event.kind === 'step') terminal.progress(renderProgress(model));
    else if (event.kind === 'gradientNorms') write(renderNorms(event));
    const said = sayEvent(model, event, runDirectory);
    if (said !== undefined) note(said);
  };
  const disk = createDiskWatch({
    directory: runDirectory,
    isToStop,
    waits(alert) {
      alerts.show(alert);
      tell({ ...diskPause(alert), step: step(), timeMs: Date.now() });
    },
    fails: alerts.show,
    nowMs: Date.now,
  });
  const report = (problem: Problem) => {
    tell({ ...problemFound(problem), step: step(), timeMs: Date.now() });
    write(renderProblem(problem));
    problems++;
    if (problems <= shownProblems) terminal.report(problem);
    else if (problems === shownProblems + 1) terminal.note(`more problems are in ${logFile}`);
  };
  const torn = old.unreadable + (events.cutBytes > 0 ? 1 : 0);
  if (torn > 0) report(tornLines(eventFile, torn));
  return {
    get model() {
      return model;
    },
    disk,
    emit(event) {
      tell(event);
      const problem = outlets.takeProblem();
      if (problem) report(problem);
    },
    report,
    note,
    async close() {
      outlets.close();
      attempt(events.flush, () => terminal.note(`the last events could not be written to ${eventFile}`));
      await digest.finish(model);
      for (const file of [events, lines, alerts]) file.close();
    },
  };
}

const diskPause = (alert: RunAlert | undefined) =>
  ({
    kind: 'paused',
    paused: alert !== undefined,
    reason: 'disk',
    ...(alert ? { message: alert.message } : {}),
  }) as const;

function problemFound({ severity, code, message, file, line }: Problem) {
  const where = { ...(file === undefined ? {} : { file }), ...(line === undefined ? {} : { line }) };
  return { kind: 'problem', severity, code, message, ...where } as const;
}

function attempt(write: () => void, refused: (error: unknown) => void = () => undefined): void {
  try {
    write();
  } catch (error) {
    refused(error);
  }
}

function tornLines(file: string, count: number): Problem {
  const lines = count === 1 ? '1 line that a crash tore is' : `${count} lines that a crash tore are`;
  return { code: 'event-log', severity: 'warning', message: `${lines} left out of ${file}` };
}

/** What is said of an event on the terminal and in the log. */
function sayEvent(model: RunModel, event: EngineEvent, runDirectory: string): string | undefined {
  if (event.kind === 'evaluated') return renderEpoch(model, event);
  if (event.kind === 'batchSkipped') return renderSkipped(event);
  if (event.kind === 'guard') return renderGuard(event);
  if (event.kind === 'averaged') return renderAverage(event);
  if (event.kind === 'profiled') return `profiled ${event.steps} steps: asr profile ${join(runDirectory, event.path)}`;
  if (event.kind === 'paused') return event.paused ? (event.message ?? 'paused') : 'goes on';
  return undefined;
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
    disk: noDisk,
    emit: () => undefined,
    report: (problem) => problems.push(problem),
    note: () => undefined,
    close: async () => undefined,
    take() {
      const taken = problems;
      problems = [];
      return taken;
    },
  };
}
