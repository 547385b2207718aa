import * as vscode from 'vscode';
import type { DataFacts, ExperimentFacts } from '../../../shared/protocol/analysis.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';

/** What the analysis knows of an open experiment. */
export interface KnownFacts {
  experiment?: ExperimentFacts;
  data?: DataFacts;
  /** Why there are no facts of the data, or how far reading is. */
  dataNote?: string;
}

export interface FactSource {
  /** What is known now; the last facts stand until newer ones are there, so that lines do not jump while one types. */
  of(document: vscode.TextDocument): KnownFacts;
  readonly onDidChange: vscode.Event<vscode.Uri>;
}

interface Entry {
  text: string;
  facts: KnownFacts;
  timer?: NodeJS.Timeout;
}

const debounceMs = 300;

/** Asks the analysis worker about experiments that are looked at, once they have stood still for a moment. */
export function createFactSource(scope: Scope, { analysis, edge }: Pick<Services, 'analysis' | 'edge'>): FactSource {
  const changed = scope.add(new vscode.EventEmitter<vscode.Uri>());
  const entries = new Map<string, Entry>();
  const update = (document: vscode.TextDocument, entry: Entry, text: string, facts: Partial<KnownFacts>) => {
    if (entry.text !== text || scope.disposed) return;
    entry.facts = { ...entry.facts, ...facts };
    changed.fire(document.uri);
  };
  const analyse = async (document: vscode.TextDocument, entry: Entry, text: string): Promise<void> => {
    const experiment = await edge.quiet('Analysis', () => analysis.worker.describeExperiment(text));
    if (!experiment) return;
    update(document, entry, text, { experiment });
    if (document.uri.scheme !== 'file' || entry.text !== text) return;
    try {
      const data = await analysis.worker.describeData(text, document.uri.fsPath);
      if (!data) return;
      delete entry.facts.dataNote;
      update(document, entry, text, { data });
    } catch (error) {
      delete entry.facts.data;
      update(document, entry, text, { dataNote: error instanceof Error ? error.message : String(error) });
    }
  };
  scope.add(
    analysis.onHeadersRead(({ configFile, done, all }) => {
      for (const [key, entry] of entries) {
        const uri = vscode.Uri.parse(key);
        if (uri.fsPath !== configFile || entry.facts.data) continue;
        entry.facts = { ...entry.facts, dataNote: `reading headers: ${done} of ${all}` };
        changed.fire(uri);
      }
    }),
  );
  const manifests = scope.add(vscode.workspace.createFileSystemWatcher('**/*.jsonl'));
  const reread = (file: vscode.Uri) => {
    // What a run writes changes all the time and is no manifest.
    if (file.path.includes('/runs/')) return;
    for (const [key, entry] of entries) {
      entry.text = '';
      changed.fire(vscode.Uri.parse(key));
    }
  };
  for (const event of [manifests.onDidChange, manifests.onDidCreate, manifests.onDidDelete]) scope.add(event(reread));
  const forget = (key: string) => {
    clearTimeout(entries.get(key)?.timer);
    entries.delete(key);
  };
  scope.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => forget(uri.toString())));
  scope.add(() => {
    for (const { timer } of entries.values()) clearTimeout(timer);
  });
  return {
    onDidChange: changed.event,
    of(document) {
      const key = document.uri.toString();
      const text = document.getText();
      const known = entries.get(key);
      if (known?.text === text) return known.facts;
      const entry: Entry = known ?? { text, facts: { dataNote: 'reading the data …' } };
      if (!known) entries.set(key, entry);
      entry.text = text;
      clearTimeout(entry.timer);
      entry.timer = setTimeout(() => void analyse(document, entry, text), known ? debounceMs : 0);
      return entry.facts;
    },
  };
}
