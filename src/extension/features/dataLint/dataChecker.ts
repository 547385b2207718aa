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
  const thread = createLintThread(scope, services, {
    found: (target, problems) => store.add(target, problems),
    progress(target, stage, done, all) {
      if (!going.has(target)) return;
      if (stage === 'content' || done === all) settle(target);
      status.show(target, stage, done, all);
    },
  });
  /** The check of each target that counts: an earlier one that answers late is passed over. */
  const going = new Map<string, symbol>();
  const documentsOf = new Map<string, readonly string[]>();
  /** Of open documents, by target: those of the check that is shown, and of the one that is going on. */
  const shown = new Map<string, ReadonlyMap<string, number>>();
  const coming = new Map<string, ReadonlyMap<string, number>>();

  const settle = (target: string): void => {
    store.settle(target);
    const versions = coming.get(target);
    if (versions) shown.set(target, versions);
    coming.delete(target);
  };
  const stop = (target: string): void => {
    if (!going.delete(target)) return;
    status.hide(target);
    void thread()
      .cancel(target)
      .catch(() => {});
  };
  const forget = (target: string): void => {
    stop(target);
    for (const map of [documentsOf, shown, coming]) map.delete(target);
    store.drop(target);
  };
  return {
    async check(target, { trusting = false } = {}) {
      const own = Symbol(target);
      going.set(target, own);
      const open = vscode.workspace.textDocuments.filter(({ uri }) => uri.scheme === 'file');
      coming.set(target, new Map(open.map(({ uri, version }) => [uri.fsPath, version])));
      if (!store.begin(target)) settle(target);
      const texts = open
        .filter(({ isDirty }) => isDirty)
        .map((document): [string, string] => [document.uri.fsPath, document.getText()]);
      try {
        const summary = await thread().check({ target, texts, listen: listens(services), trusting });
        if (going.get(target) !== own) return undefined;
        if (!summary) {
          forget(target);
          return undefined;
        }
        settle(target);
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
    isCurrent: (file, version) =>
      [...shown].every(([target, versions]) => {
        const concerned = target === file || (documentsOf.get(target)?.includes(file) ?? true);
        return !concerned || (versions.get(file) ?? version) === version;
      }),
    changeRecording: (file, change) => thread().changeRecording(file, change),
  };
}

/** Decoding takes a processor, which training has a better use for. */
const listens = ({ runs }: Services): boolean =>
  vscode.workspace.getConfiguration('asr').get('dataLint.listen', true) && !runs.current?.active;
