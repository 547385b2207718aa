import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { runsViewId } from '../../../shared/runContributions.ts';
import type { Scope } from '../../../shared/scope.ts';
import { canResume } from '../../services/runContext.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { resumeRun } from './train.ts';

const memoryKey = 'asr.offeredResumes';
const remembered = 200;
/** All runs of a folder are met within this time. */
const settleMs = 1500;
const freshMs = 14 * 24 * 3600_000;

/** Offers to go on with a run whose process died, once, also when it died while no window was open. */
export function offerResume(scope: Scope, services: Services): void {
  const { runs, memory, edge } = services;
  const waiting = new Map<string, Run>();
  let timer: NodeJS.Timeout | undefined;
  const offer = () => {
    timer = undefined;
    const offered = memory.get<string[]>(memoryKey, []);
    const fresh = [...waiting.values()].filter(
      (run) => !offered.includes(episodeOf(run)) && Date.now() - lastSeenMs(run) < freshMs,
    );
    waiting.clear();
    if (fresh.length === 0 || !vscode.workspace.isTrusted) return;
    void memory.update(memoryKey, [...offered, ...fresh.map(episodeOf)].slice(-remembered));
    void edge.guard('Resuming', () => ask(fresh, services));
  };
  scope.add(() => clearTimeout(timer));
  scope.add(
    runs.onDidChange(({ run }) => {
      // Someone may have gone on with it meanwhile.
      waiting.delete(run.directory);
      // A trial is its sweep's to go on with.
      if (!run.caughtUp || run.state !== 'interrupted' || run.sweep) return;
      waiting.set(run.directory, run);
      timer ??= setTimeout(offer, settleMs);
    }),
  );
}

/** A run that is resumed and dies again is offered again. */
const episodeOf = (run: Run): string => `${run.directory}@${lastSeenMs(run)}`;

const lastSeenMs = (run: Run): number => run.model.updatedMs ?? run.createdMs;

async function ask(interrupted: Run[], services: Services): Promise<void> {
  const [run] = interrupted.sort((a, b) => lastSeenMs(b) - lastSeenMs(a));
  const { started, epoch } = run!.model;
  const epochs = started ? ` after ${Math.min(epoch + 1, started.epochs)} of ${started.epochs} epochs` : '';
  const others = interrupted.length - 1;
  const more = others === 0 ? '' : ` So did ${others} ${others === 1 ? 'other run' : 'other runs'}.`;
  const [resume, log, show] = ['Resume', 'Show Log', 'Show Runs'];
  const choice = await vscode.window.showWarningMessage(
    `Training of "${run!.name}" ended without a word${epochs}: its process is gone. It can go on from the last checkpoint.${more}`,
    resume!,
    log!,
    ...(others > 0 ? [show!] : []),
  );
  const showLog: CommandId = 'asr.showRunLog';
  if (choice === log) await vscode.commands.executeCommand(showLog, run!.directory);
  else if (choice === show) await vscode.commands.executeCommand(`${runsViewId}.focus`);
  else if (choice === resume) await resumeNow(services, run!.directory);
}

/** The question may have stood for hours. */
async function resumeNow(services: Services, directory: string): Promise<void> {
  await services.runs.refresh();
  const run = services.runs.list.find((other) => other.directory === directory);
  if (run && (run.active || canResume(run))) await resumeRun(services, run);
}
