import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Experiment } from '../../../shared/config/schema.ts';
import type { ConfigPath } from '../../../shared/config/yamlSource.ts';
import type { CommandId, SettingId } from '../../../shared/contributions.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { type LensFacts, type LensPart, lensBlocks, renderBlockLenses } from './blockLenses.ts';
import { epochTime } from './epochTime.ts';
import type { FactSource, KnownFacts } from './experimentFacts.ts';
import type { ExperimentRuns } from './experimentRuns.ts';
import { fileLenses } from './fileLenses.ts';

const enabledSetting: SettingId = 'asr.codeLens.enabled';

/** One line above the file and above each of its blocks: what it will do, and what can be done with it. */
export function createConfigLenses(
  scope: Scope,
  services: Services,
  facts: FactSource,
  runs: ExperimentRuns,
): vscode.CodeLensProvider {
  const changed = scope.add(new vscode.EventEmitter<void>());
  const refresh = () => changed.fire();
  refreshWith(scope, services, facts, refresh);
  const lookForRuns = createRunSearch(scope, services, refresh);
  return {
    onDidChangeCodeLenses: changed.event,
    async provideCodeLenses(document) {
      if (!vscode.workspace.getConfiguration(undefined, document).get<boolean>(enabledSetting, true)) return [];
      const { checkExperimentText } = await import('../../services/experimentText.ts');
      const { locate, isWritten, experiment } = checkExperimentText(document.getText(), document.fileName);
      const known = facts.of(document);
      lookForRuns(document);
      const lenses: vscode.CodeLens[] = [];
      const place = (line: number, command: vscode.Command) =>
        lenses.push(new vscode.CodeLens(new vscode.Range(line, 0, line, 0), command));
      const first = firstKeyLine(document);
      for (const command of fileLenses(document, experiment?.name ?? '', runs)) place(first, command);
      const lineOf = (path: ConfigPath) => locate(path, 'key').line - 1;
      const rendered = renderBlockLenses(await gather(document, experiment, known, services, runs));
      // A model that is all preset and default has its main figures above the preset, or the file.
      const preset = isWritten(['preset']) ? lineOf(['preset']) : first;
      if (!isWritten(['model']))
        for (const part of rendered.model.slice(0, 1)) place(preset, commandOf(part, document.uri));
      for (const block of lensBlocks) {
        if (!isWritten([block])) continue;
        for (const part of rendered[block]) place(lineOf([block]), commandOf(part, document.uri));
      }
      return lenses;
    },
  };
}

function refreshWith(scope: Scope, { runs, sweeps }: Services, facts: FactSource, refresh: () => void): void {
  scope.add(facts.onDidChange(refresh));
  scope.add(sweeps.onDidChange(refresh));
  scope.add(
    runs.onDidChange(({ events, ended }) => {
      // Steps come several times a second and change no line.
      if (ended || events.some(({ kind }) => kind === 'evaluated' || kind === 'started')) refresh();
    }),
  );
  scope.add(
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(enabledSetting)) refresh();
    }),
  );
}

/** Runs of an experiment that is opened are looked for once where they would be, whoever started them. */
function createRunSearch(scope: Scope, { runs, edge }: Services, found: () => void) {
  const looked = new Set<string>();
  scope.add(vscode.workspace.onDidCloseTextDocument(({ uri }) => looked.delete(uri.toString())));
  return ({ uri }: vscode.TextDocument): void => {
    if (uri.scheme !== 'file' || looked.has(uri.toString())) return;
    looked.add(uri.toString());
    const folder = path.join(path.dirname(uri.fsPath), 'runs');
    void edge.quiet('Looking at runs', () => runs.refresh(folder)).then(found);
  };
}

async function gather(
  document: vscode.TextDocument,
  experiment: Experiment | undefined,
  known: KnownFacts,
  services: Services,
  runs: ExperimentRuns,
): Promise<LensFacts> {
  const runnable = vscode.workspace.isTrusted && document.uri.scheme === 'file';
  if (!experiment || document.uri.scheme !== 'file') return { ...known, runnable };
  const own = runs.of(document.fileName, experiment.name);
  const best = own
    .flatMap((run) => (run.model.best ? [{ run, wer: run.model.best.wer }] : []))
    .sort((a, b) => a.wer - b.wer)[0];
  const settings = best && (await runs.settings(best.run));
  const now = known.data &&
    known.experiment && { macsPerSecond: known.experiment.model.macsPerSecond, durationSec: known.data.durationSec };
  // Runs of other experiments say something about this machine too.
  const others = services.runs.list.filter((run) => !own.includes(run));
  const time = now && (await epochTime(experiment, now, [...own, ...others], runs));
  const swept = services.sweeps.bestValueOf(document.fileName, 'optimizer.learningRate');
  const device = own[0]?.model.started?.device;
  return {
    ...known,
    runnable,
    ...(time ? { epochTime: time } : {}),
    ...(device ? { device: device === 'cpu' ? 'the CPU' : device } : {}),
    ...(swept ? { swept } : {}),
    ...(best && settings ? { best: { learningRate: settings.optimizer.learningRate, wer: best.wer } } : {}),
  };
}

function commandOf({ title, action }: LensPart, uri: vscode.Uri): vscode.Command {
  const call = (command: CommandId, ...rest: unknown[]) => ({ title, command, arguments: [uri, ...rest] });
  switch (action?.kind) {
    case 'figure':
      return call('asr.showFigure', action.figure);
    case 'runs':
      return call('asr.showRunsOfExperiment', action.key);
    case 'recording': {
      const command: CommandId = 'asr.openRecording';
      return { title, command, arguments: [action.file] };
    }
    case 'rangeTest':
      return call('asr.rangeTest');
    case 'sweep':
      return call('asr.sweep', action.key);
    case 'showSweep': {
      const command: CommandId = 'asr.showSweep';
      return { title, command, arguments: [action.directory] };
    }
    case undefined:
      // A lens without a command id is text only.
      return { title, command: '' };
  }
}

/** Comments at the head of the file stay above the lens. */
function firstKeyLine(document: vscode.TextDocument): number {
  for (let line = 0; line < document.lineCount; line++) {
    if (/^[A-Za-z]/.test(document.lineAt(line).text)) return line;
  }
  return 0;
}
