import * as vscode from 'vscode';
import type { Scope } from '../../shared/scope.ts';

/** The two channels a user can read: what the workbench does, and what engine processes say. */
export interface Log {
  readonly asr: vscode.LogOutputChannel;
  readonly engine: vscode.LogOutputChannel;
}

export function createLog(scope: Scope): Log {
  return {
    asr: scope.add(vscode.window.createOutputChannel('ASR', { log: true })),
    engine: scope.add(vscode.window.createOutputChannel('ASR Engine', { log: true })),
  };
}
