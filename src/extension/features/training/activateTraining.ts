import { chooseRun, type RunQuestion } from '../../services/runChoice.ts';
import { canResume } from '../../services/runContext.ts';
import type { Run } from '../../services/runs.ts';
import type { Feature } from '../../services/services.ts';
import { announceAlerts } from './announceAlerts.ts';
import { announceEnds, showRunLog } from './announceEnds.ts';
import { provideEngineTasks } from './engineTasks.ts';
import { logRuns } from './logRuns.ts';
import { offerResume } from './offerResume.ts';
import { showRunActions } from './runActions.ts';
import { provideRunReports, showRunReport } from './runReports.ts';
import { showStatus } from './statusItem.ts';
import { stopTraining } from './stopTraining.ts';
import { resumeRun, testRange, train, trainFrom } from './train.ts';

/** Starting, following and stopping runs. */
export const activateTraining: Feature = (scope, services) => {
  const { edge } = services;
  provideEngineTasks(scope, services);
  provideRunReports(scope, services);
  showStatus(scope, services.runs);
  logRuns(scope, services);
  announceEnds(scope, services);
  announceAlerts(scope, services);
  offerResume(scope, services);
  edge.registerCommand(scope, 'asr.train', 'Training', (resource: unknown) => train(services, resource));
  edge.registerCommand(scope, 'asr.trainFrom', 'Training', (directory: string, step: number) =>
    trainFrom(services, directory, step),
  );
  edge.registerCommand(scope, 'asr.stopTraining', 'Stopping', (given: unknown) => stopTraining(services, given));
  edge.registerCommand(scope, 'asr.rangeTest', 'The range test', (resource: unknown) => testRange(services, resource));
  edge.registerCommand(scope, 'asr.showRun', 'Showing the run', (directory: unknown) =>
    showRunActions(services, directory),
  );
  const onRun = (question: RunQuestion, act: (run: Run) => unknown) => async (given: unknown) => {
    const run = await chooseRun(services.runs, given, question);
    if (run) await act(run);
  };
  edge.registerCommand(
    scope,
    'asr.resumeRun',
    'Resuming',
    onRun(
      { placeHolder: 'Run to go on with', suits: canResume, none: 'No run could go on from a checkpoint.' },
      (run) => resumeRun(services, run),
    ),
  );
  const none = 'There is no run in this workspace yet.';
  edge.registerCommand(
    scope,
    'asr.showReport',
    'The report',
    onRun({ placeHolder: 'Run to report on', none }, (run) => showRunReport(run)),
  );
  edge.registerCommand(
    scope,
    'asr.showRunLog',
    'The log',
    onRun({ placeHolder: 'Run to show the log of', none }, (run) => showRunLog(run, services)),
  );
};
