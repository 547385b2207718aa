import type { Feature } from '../../services/services.ts';
import { announceEnds } from './announceEnds.ts';
import { provideEngineTasks } from './engineTasks.ts';
import { logRuns } from './logRuns.ts';
import { showRunActions } from './runActions.ts';
import { provideRunReports } from './runReports.ts';
import { showStatus } from './statusItem.ts';
import { stopTraining } from './stopTraining.ts';
import { resumeDirectory, testRange, train } from './train.ts';

/** Starting, following and stopping runs. */
export const activateTraining: Feature = (scope, services) => {
  const { edge } = services;
  provideEngineTasks(scope, services);
  provideRunReports(scope, services);
  showStatus(scope, services.runs);
  logRuns(scope, services);
  announceEnds(scope, services);
  edge.registerCommand(scope, 'asr.train', 'Training', (resource: unknown) => train(services, resource));
  edge.registerCommand(scope, 'asr.stopTraining', 'Stopping', () => stopTraining(services));
  edge.registerCommand(scope, 'asr.rangeTest', 'The range test', (resource: unknown) => testRange(services, resource));
  edge.registerCommand(scope, 'asr.resumeRun', 'Resuming', (_resource: unknown, directory: unknown) =>
    resumeDirectory(services, directory),
  );
  edge.registerCommand(scope, 'asr.showRun', 'Showing the run', (directory: unknown) =>
    showRunActions(services, directory),
  );
};
