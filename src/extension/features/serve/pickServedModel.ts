import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { runFiles } from '../../../shared/run/layout.ts';
import { formatPercent } from '../../../shared/run/runStatus.ts';
import type { Run } from '../../services/runs.ts';

interface ModelItem extends vscode.QuickPickItem {
  answer: string | 'browse' | 'train';
}

/** The run that recognises best, the latest, all others, or an exported model; `train` where there is none. */
export async function pickServedModel(runs: readonly Run[], latest: Run | undefined): Promise<string | undefined> {
  const choice = await vscode.window.showQuickPick(listModels(runs, latest), {
    ...{ placeHolder: 'Model to serve', matchOnDescription: true, matchOnDetail: true },
  });
  if (choice?.answer !== 'browse') return choice?.answer;
  const files = await vscode.window.showOpenDialog({ filters: { 'Exported model': ['onnx'] }, openLabel: 'Serve' });
  return files?.[0]?.fsPath;
}

function listModels(runs: readonly Run[], latest: Run | undefined): ModelItem[] {
  const usable = runs.filter(({ directory }) => fs.existsSync(path.join(directory, runFiles.checkpoints)));
  const werOf = ({ model }: Run) => model.best?.wer ?? Number.POSITIVE_INFINITY;
  const best = [...usable].sort((a, b) => werOf(a) - werOf(b)).find((run) => run.model.best);
  const itemOf = (run: Run, detail = ''): ModelItem => ({
    label: `$(pulse) ${run.name}`,
    description: `${run.model.best ? `WER ${formatPercent(run.model.best.wer)} · ` : ''}${path.basename(run.directory)}`,
    ...(detail ? { detail } : {}),
    answer: run.directory,
  });
  const first = latest && latest !== best ? [itemOf(latest, 'the latest')] : [];
  const better = best ? [itemOf(best, latest === best ? 'the latest, and the best so far' : 'the best so far')] : [];
  const shown = new Set([...first, ...better].map(({ answer }) => answer));
  const others = usable.filter(({ directory }) => !shown.has(directory)).map((run) => itemOf(run));
  const browse: ModelItem = { label: '$(folder-opened) Exported model…', answer: 'browse', alwaysShow: true };
  const train: ModelItem = { label: '$(play) Train a model first', answer: 'train' };
  return [...better, ...first, ...others, browse, ...(usable.length === 0 ? [train] : [])];
}
