import * as vscode from 'vscode';
import { type AnalysisHost, type AnalysisWorker, analysisHostChecks } from '../../shared/protocol/analysis.ts';
import { connect, type Remote } from '../../shared/protocol/channel.ts';
import type { Scope } from '../../shared/scope.ts';
import type { Log } from './log.ts';
import { createThread } from './thread.ts';

export interface HeaderProgress {
  configFile: string;
  done: number;
  all: number;
}

export interface Analysis {
  /** The worker, started on first use. It reads manifests and headers and runs no model, so it also works without trust. */
  readonly worker: Remote<AnalysisWorker>;
  readonly onHeadersRead: vscode.Event<HeaderProgress>;
}

export function createAnalysis(scope: Scope, extensionUri: vscode.Uri, log: Log): Analysis {
  const headersRead = scope.add(new vscode.EventEmitter<HeaderProgress>());
  const local: AnalysisHost = { headersRead: (configFile, done, all) => headersRead.fire({ configFile, done, all }) };
  const worker = createThread<AnalysisWorker>(
    scope,
    { extensionUri, log },
    {
      file: 'analysisWorker.js',
      what: 'Analysis',
      options: () => ({ resourceLimits: { maxOldGenerationSizeMb: 1024 } }),
      connect: (port) => connect<AnalysisHost, AnalysisWorker>(port, local, analysisHostChecks),
    },
  );
  return {
    onHeadersRead: headersRead.event,
    get worker() {
      return worker();
    },
  };
}
