import * as vscode from 'vscode';
import type { RecordingChange } from '../../../shared/problem.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { createCheckedVersions } from './checkedVersions.ts';
import { showCheckStatus } from './checkStatus.ts';
import type { CheckSummary } from './lintProtocol.ts';
import { createLintThread } from './lintThread.ts';
import { createProblemStore } from './problemStore.ts';

export interface DataChecker {
  /** Checks an experiment's data or a document, and shows its problems. Undefined when it was stopped or lists no recordings. */
  check(target: string, options?: { trusting?: boolean }): Promise<CheckSummary | undefined>;
  /** Ends a check; what it has shown stays. */
  stop(target: string): void;
  stopAll(): void;
  /** Ends a check and takes its problems away. */
  forget(target: string): void;
  /** Experiments whose data a document is, as far as they were checked. */
  experimentsOf(file: string): string[];
  /** Whether what is shown of a document was found in this version of it. */
  isCurrent(file: string, version: number): boolean;
  changeRecording(file: string, change: RecordingChange): Promise<{ file: string; durationSec: number }>;
}

export function createDataChecker(scope: Scope, services: Services): DataChecker {
  const store = createProblemStore(scope);
  const status = showCheckStatus(scope);
  const versions = createCheckedVersions();
  /** The check of each target that counts: what an earlier one still says is passed over. */
  const going = new Map<string, number>();
  let lastId = 0;
  const thread = createLintThread(scope, services, {
    found: (target, id, problems) => going.get(target) === id && store.add(target, problems),
    progress(target, id, stage, done, all) {
      if (going.get(target) !== id) return;
      if (stage === 'content' || done === all) settle(target);
      status.show(target, stage, done, all);
    },
  });

  const settle = (target: string): void => {
    store.settle(target);
    versions.settle(target);
  };
  const finish = (target: string): boolean => {
    status.hide(target);
    return going.delete(target);
  };
  const stop = (target: string): void => {
    if (finish(target))
      void thread()
        .cancel(target)
        .catch(() => {});
  };
  const forget = (target: string): void => {
    stop(target);
    versions.drop(target);
    store.drop(target);
  };
  const end = (target: string, { files, held }: CheckSummary): void => {
    settle(target);
    store.end(target, held);
    versions.end(target, files);
    // What an experiment asks of a document is more than the document by itself tells.
    if (!files.includes(target)) for (const file of files) forget(file);
  };
  return {
    async check(target, { trusting = false } = {}) {
      const id = ++lastId;
      going.set(target, id);
      const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'file');
      versions.begin(target, new Map(open.map(({ uri, version }) => [uri.fsPath, version])));
      if (!store.begin(target)) settle(target);
      const changed = open.filter(({ isDirty }) => isDirty);
      const texts = changed.map((document): [string, string] => [document.uri.fsPath, document.getText()]);
      try {
        const summary = await thread().check({ target, id, texts, listen: listens(services), trusting });
        if (going.get(target) !== id) return undefined;
        if (summary) end(target, summary);
        else forget(target);
        return summary;
      } finally {
        if (going.get(target) === id) finish(target);
      }
    },
    stop,
    stopAll() {
      for (const target of [...going.keys()]) stop(target);
    },
    forget,
    experimentsOf: versions.targetsOf,
    isCurrent: versions.isCurrent,
    changeRecording: (file, change) => thread().changeRecording(file, change),
  };
}

/** Decoding takes a processor, which training has a better use for. */
const listens = ({ runs }: Services): boolean =>
  vscode.workspace.getConfiguration('asr').get('dataLint.listen', true) && !runs.current?.active;
