import * as vscode from 'vscode';
import type { DataFacts, ExperimentFacts } from '../../../shared/protocol/analysis.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Analysis } from '../../services/analysis.ts';
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
/** So long the last facts stand while the data is read. */
const patienceMs = 1500;

const wait = (ms: number) => new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), ms));

/** Asks the analysis worker about experiments that are looked at, once they have stood still for a moment. */
export function createFactSource(scope: Scope, { analysis, edge }: Pick<Services, 'analysis' | 'edge'>): FactSource {
  const changed = scope.add(new vscode.EventEmitter<vscode.Uri>());
  const entries = new Map<string, Entry>();
  const analyse = async (document: vscode.TextDocument, entry: Entry, text: string): Promise<void> => {
    const show = (facts: KnownFacts) => {
      if (entry.text !== text || scope.disposed) return;
      entry.facts = facts;
      changed.fire(document.uri);
    };
    const experiment = await edge.quiet('Analysis', () => analysis.worker.describeExperiment(text));
    if (!experiment || entry.text !== text) return;
    const reading = readData(analysis, document, text);
    // A new model beside the shares of an old one would be wrong, so both change together if that is soon.
    const soon = entry.facts.experiment && (await Promise.race([reading, wait(patienceMs)]));
    if (!soon) show({ experiment, dataNote: 'reading the data …' });
    show({ experiment, ...(await reading) });
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
  watchManifests(scope, () => {
    for (const [key, entry] of entries) {
      entry.text = '';
      changed.fire(vscode.Uri.parse(key));
    }
  });
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

/** The facts of the data, or why there are none. */
async function readData(analysis: Analysis, document: vscode.TextDocument, text: string): Promise<KnownFacts> {
  if (document.uri.scheme !== 'file') return {};
  try {
    const data = await analysis.worker.describeData(text, document.uri.fsPath);
    return data ? { data } : {};
  } catch (error) {
    return { dataNote: error instanceof Error ? error.message : String(error) };
  }
}

function watchManifests(scope: Scope, changed: () => void): void {
  const watcher = scope.add(vscode.workspace.createFileSystemWatcher('**/*.jsonl'));
  // What a run writes changes all the time and is no manifest.
  const look = (file: vscode.Uri) => (file.path.includes('/runs/') ? undefined : changed());
  for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) scope.add(event(look));
}
