import * as vscode from 'vscode';
import type { RunAction } from '../../../shared/protocol/profiler.ts';

const commandOfAction: Record<RunAction, string> = {
  stop: 'asr.stopTraining',
  pause: 'asr.pauseTraining',
  continue: 'asr.continueTraining',
  checkpoint: 'asr.saveCheckpoint',
  resume: 'asr.resumeRun',
  profile: 'asr.profileSteps',
  showLog: 'asr.showRunLog',
  showReport: 'asr.showReport',
  train: 'asr.train',
};

/** What the buttons of the panel do is what the commands of the workbench do. */
export async function performRunAction(directory: string, action: RunAction): Promise<void> {
  await vscode.commands.executeCommand(commandOfAction[action], ...(action === 'train' ? [] : [directory]));
}

/** Goes on in a new run, from the newest checkpoint before the step. */
export async function resumeBefore(directory: string, step: number): Promise<void> {
  await vscode.commands.executeCommand('asr.trainFrom', directory, Math.max(0, step - 1));
}
