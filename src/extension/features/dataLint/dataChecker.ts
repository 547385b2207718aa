import * as vscode from 'vscode';
import type { RecordingChange } from '../../../shared/problem.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { showCheckStatus } from './checkStatus.ts';
import type { CheckSummary } from './lintProtocol.ts';
import { createLintThread } from './lintThread.ts';
import { createProblemStore } from './problemStore.ts';

export interface DataChecker {
  /** Checks an experiment's data or a document, and shows its problems. Undefined when it was stopped or lists no recordings. */
  check(target: string, options?: { trusting?: boolean; listen?: boolean }): Promise<CheckSummary | undefined>;
  /** Ends a check; what it has shown stays. */
  stop(target: string): void;
  stopAll(): void;
  /** Ends a check and takes its problems away. */
  forget(target: string): void;
  /** Experiments whose data a document is, as far as they were checked. */
  experimentsOf(file: string): string[];
  /** The version of a document that its problems were found in; undefined when it was not open. */
  checkedVersion(file: string): number | undefined;
  changeRecording(file: string, change: RecordingChange): Promise<{ file: string; durationSec: number }>;
}

export function createDataChecker(scope: Scope, services: Services): DataChecker {
  const store = createProblemStore(scope);
  const status = showCheckStatus(scope);
  const thread = createLintThread(scope, services, {
    found: (target, problems) => store.add(target, problems),
    progress(target, stage, done, all) {
      if (!going.has(target)) return;
      if (stage === 'content' || done === all) store.settle(target);
      status.show(target, stage, done, all);
    },
  });
  /** The check of each target that counts: an earlier one that answers late is passed over. */
  const going = new Map<string, symbol>();
  const documentsOf = new Map<string, readonly string[]>();
  const versions = new Map<string, number>();

  const stop = (target: string): void => {
    if (!going.delete(target)) return;
    status.hide(target);
    void thread()
      .cancel(target)
      .catch(() => {});
  };
  const forget = (target: string): void => {
    stop(target);
    documentsOf.delete(target);
    store.drop(target);
  };
  return {
    async check(target, { trusting = false, listen = listens() } = {}) {
      const own = Symbol(target);
      going.set(target, own);
      store.begin(target);
      const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'file');
      for (const { uri, version } of open) versions.set(uri.fsPath, version);
      const texts = open
        .filter(({ isDirty }) => isDirty)
        .map((document): [string, string] => [document.uri.fsPath, document.getText()]);
      try {
        const summary = await thread().check({ target, texts, listen, trusting });
        if (going.get(target) !== own) return undefined;
        if (!summary) {
          forget(target);
          return undefined;
        }
        store.end(target, summary.held);
        // What an experiment asks of a document is more than the document by itself tells.
        if (!summary.files.includes(target)) for (const file of summary.files) forget(file);
        documentsOf.set(target, summary.files);
        return summary;
      } finally {
        if (going.get(target) === own) {
          going.delete(target);
          status.hide(target);
        }
      }
    },
    stop,
    stopAll() {
      for (const target of [...going.keys()]) stop(target);
    },
    forget,
    experimentsOf: (file) =>
      [...documentsOf].filter(([target, files]) => target !== file && files.includes(file)).map(([target]) => target),
    checkedVersion: (file) => versions.get(file),
    changeRecording: (file, change) => thread().changeRecording(file, change),
  };
}

const listens = () => vscode.workspace.getConfiguration('asr').get('dataLint.listen', true);
