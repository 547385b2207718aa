import * as vscode from 'vscode';
import { UserError } from '../../../shared/problem.ts';
import type { ProfileFileKind } from '../../../shared/protocol/profilerProfile.ts';
import { profileFiles } from '../../../shared/run/layout.ts';
import { findProfileFile } from './profileFiles.ts';

const names: Record<ProfileFileKind, string> = {
  trace: profileFiles.trace,
  engineCpu: profileFiles.engineCpu,
  graphCpu: profileFiles.graphCpu,
  reveal: '',
};

/** Shows a file of a profile: CPU profiles in VS Code's own view, a trace, which it has no view for, where it lies. */
export async function openProfileFile(directory: string, profile: string, kind: ProfileFileKind): Promise<void> {
  const file = await findProfileFile(directory, profile, names[kind]);
  if (file === undefined) throw new UserError(`${profile} has no ${names[kind] || 'files'}: profile the run again.`);
  const uri = vscode.Uri.file(file);
  if (kind === 'engineCpu' || kind === 'graphCpu') {
    await vscode.commands.executeCommand('vscode.open', uri);
    return;
  }
  await vscode.commands.executeCommand(
    vscode.env.remoteName === undefined ? 'revealFileInOS' : 'revealInExplorer',
    uri,
  );
  if (kind !== 'trace') return;
  await vscode.env.clipboard.writeText(file);
  void vscode.window.showInformationMessage(`The path of the trace is copied: open the file at ui.perfetto.dev.`);
}
