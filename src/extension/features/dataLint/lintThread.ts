import * as vscode from 'vscode';
import { connect, type Remote } from '../../../shared/protocol/channel.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { createThread } from '../../services/thread.ts';
import { type LintOwner, type LintWorker, lintOwnerChecks } from './lintProtocol.ts';

/** The thread that checks data. */
export function createLintThread(scope: Scope, services: Services, owner: LintOwner): () => Remote<LintWorker> {
  const { storageUri } = services;
  return createThread<LintWorker>(scope, services, {
    file: 'lintWorker.js',
    what: 'Checking data',
    options() {
      // Without trust nothing is written, not even what would save time.
      const kept = vscode.workspace.isTrusted && storageUri?.scheme === 'file' ? storageUri : undefined;
      return {
        workerData: kept ? { cacheFile: vscode.Uri.joinPath(kept, 'recordings.jsonl').fsPath } : {},
        resourceLimits: { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 1024 },
      };
    },
    connect: (port) => connect<LintOwner, LintWorker>(port, owner, lintOwnerChecks),
  });
}
