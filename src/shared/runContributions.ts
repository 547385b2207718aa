/** Where runs are listed; the manifest's part of that list, apart from its commands. */
export const runsViewId = 'asr.runs';
const containerId = 'asr';

/** What a row of the list says of its run to `when` clauses, in its context value. */
export type RunTrait = 'active' | 'going' | 'paused' | 'resumable' | 'idle';

export const renderTraits = (traits: readonly RunTrait[]): string => ['run', ...traits].join(' ');

/** The same of the row of a sweep. */
export type SweepTrait = 'sweepActive' | 'sweepResumable';
export const renderSweepTraits = (traits: readonly SweepTrait[]): string => ['sweep', ...traits].join(' ');

export function renderRunViews(): Record<string, unknown> {
  const welcome = (contents: string, when: string) => ({ view: runsViewId, contents, when });
  const canStart = 'workspaceFolderCount > 0 && isWorkspaceTrusted && !virtualWorkspace';
  return {
    viewsContainers: { activitybar: [{ id: containerId, title: 'ASR Workbench', icon: 'media/runs.svg' }] },
    views: { [containerId]: [{ id: runsViewId, name: 'Runs', icon: 'media/runs.svg' }] },
    viewsWelcome: [
      welcome(
        'Open the folder with your recordings to train on them.\n[Open Folder](command:vscode.openFolder)',
        'workspaceFolderCount == 0',
      ),
      welcome(
        'Nothing has been trained in this folder yet.\n[Train](command:asr.train)\nAn experiment can be written for the recordings that are here.\n[New Experiment](command:asr.newExperiment)',
        canStart,
      ),
      welcome(
        'Training runs only in a trusted workspace.\n[Manage Workspace Trust](command:workbench.trust.manage)',
        'workspaceFolderCount > 0 && !isWorkspaceTrusted',
      ),
      welcome('Training needs a folder on a disk.', 'workspaceFolderCount > 0 && virtualWorkspace'),
    ],
  };
}

export function renderRunKeybindings(): Record<string, unknown>[] {
  const when = `focusedView == ${runsViewId} && !inputFocus`;
  const onSelection = { selected: true };
  return [
    { command: 'asr.renameRun', key: 'f2', when, args: onSelection },
    { command: 'asr.deleteRun', key: 'delete', mac: 'cmd+backspace', when, args: onSelection },
  ];
}

export function renderRunMenus(): Record<string, unknown> {
  const view = `view == ${runsViewId}`;
  const row = (trait: RunTrait | SweepTrait | 'run' | 'sweep') => `${view} && viewItem =~ /\\b${trait}\\b/`;
  const single = (trait: RunTrait | 'run') => `${row(trait)} && !listMultiSelection`;
  return {
    'view/title': [
      { command: 'asr.train', when: view, group: 'navigation@1' },
      { command: 'asr.refreshRuns', when: view, group: 'navigation@2' },
      { command: 'asr.newExperiment', when: view, group: '1_asr@1' },
      { command: 'asr.compareRuns', when: view, group: '1_asr@2' },
      { command: 'asr.sweep', when: view, group: '1_asr@3' },
    ],
    'view/item/context': [
      { command: 'asr.pauseTraining', when: row('going'), group: 'inline@1' },
      { command: 'asr.continueTraining', when: row('paused'), group: 'inline@1' },
      { command: 'asr.resumeRun', when: row('resumable'), group: 'inline@1' },
      { command: 'asr.stopTraining', when: row('active'), group: 'inline@2' },
      { command: 'asr.openRun', when: row('run'), group: 'inline@3' },
      { command: 'asr.resumeSweep', when: row('sweepResumable'), group: 'inline@1' },
      { command: 'asr.stopSweep', when: row('sweepActive'), group: 'inline@2' },
      { command: 'asr.showSweep', when: row('sweep'), group: 'inline@3' },
      { command: 'asr.showSweep', when: row('sweep'), group: '1_open@1' },
      { command: 'asr.stopSweep', when: row('sweepActive'), group: '3_control@1' },
      { command: 'asr.resumeSweep', when: row('sweepResumable'), group: '3_control@2' },
      { command: 'asr.openRun', when: row('run'), group: '1_open@1' },
      { command: 'asr.showReport', when: single('run'), group: '1_open@2' },
      { command: 'asr.showRunLog', when: single('run'), group: '1_open@3' },
      { command: 'asr.revealRun', when: single('run'), group: '1_open@4' },
      { command: 'asr.evaluateModel', when: single('run'), group: '2_compare@1' },
      { command: 'asr.compareRuns', when: row('run'), group: '2_compare@2' },
      { command: 'asr.pauseTraining', when: single('going'), group: '3_control@1' },
      { command: 'asr.continueTraining', when: single('paused'), group: '3_control@1' },
      { command: 'asr.saveCheckpoint', when: single('active'), group: '3_control@2' },
      { command: 'asr.stopTraining', when: single('active'), group: '3_control@3' },
      { command: 'asr.resumeRun', when: single('resumable'), group: '3_control@4' },
      { command: 'asr.duplicateRun', when: single('run'), group: '3_control@5' },
      { command: 'asr.pinModel', when: single('run'), group: '2_model@1' },
      { command: 'asr.exportModel', when: single('run'), group: '2_model@2' },
      { command: 'asr.quantizeModel', when: single('run'), group: '2_model@3' },
      { command: 'asr.serveModel', when: single('run'), group: '2_model@4' },
      { command: 'asr.renameRun', when: single('run'), group: '4_edit@1' },
      { command: 'asr.editRunNote', when: single('run'), group: '4_edit@2' },
      { command: 'asr.deleteRun', when: row('idle'), group: '5_delete@1' },
    ],
  };
}
