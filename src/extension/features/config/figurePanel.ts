import * as vscode from 'vscode';
import { connect } from '../../../shared/protocol/channel.ts';
import {
  type Figure,
  type FigureHost,
  type FigureView,
  figureHostChecks,
  figureKinds,
} from '../../../shared/protocol/figure.ts';
import { rangeFigure } from '../../../shared/rangeFigure.ts';
import { createScope, type Scope } from '../../../shared/scope.ts';
import { rangeTestFile } from '../../services/experimentName.ts';
import { activeExperiment } from '../../services/experiments.ts';
import { webviewPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import type { FactSource } from './experimentFacts.ts';

const titles: Record<Figure['kind'], string> = {
  schedule: 'Learning Rate',
  melFilters: 'Mel Filters',
  receptiveField: 'Receptive Field',
  frameRates: 'Output Frames per Second',
  rangeTest: 'Range Test',
};

/** Shows figures of experiments beside them, one panel at a time; it follows the text as it is edited. */
export function createFigures(scope: Scope, services: Services, facts: FactSource) {
  let open: { panel: vscode.WebviewPanel; show(uri: vscode.Uri, kind: Figure['kind']): void } | undefined;
  scope.add(() => open?.panel.dispose());
  return async (resource: unknown, asked: unknown): Promise<void> => {
    const uri = resource instanceof vscode.Uri ? resource : activeExperiment();
    const kind = figureKinds.find((each) => each === asked) ?? (await chooseKind());
    if (!uri || !kind) return;
    open ??= openPanel(services, facts, () => {
      open = undefined;
    });
    open.show(uri, kind);
  };
}

async function chooseKind(): Promise<Figure['kind'] | undefined> {
  const items = figureKinds.map((figure) => ({ label: titles[figure], figure }));
  return (await vscode.window.showQuickPick(items, { placeHolder: 'Figure to show' }))?.figure;
}

/** What the last range test of the experiment found; undefined where there was none. */
async function readRangeTest(uri: vscode.Uri): Promise<Figure | undefined> {
  const file = uri.with({ path: rangeTestFile(uri.path) });
  const bytes = await vscode.workspace.fs.readFile(file).then(undefined, () => undefined);
  return bytes && rangeFigure(new TextDecoder().decode(bytes));
}

function openPanel(services: Services, facts: FactSource, closed: () => void) {
  const { analysis, edge, extensionUri, log } = services;
  const column = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  const panel = vscode.window.createWebviewPanel('asr.figure', 'Figure', column, {});
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  scope.add(closed);
  let shown: { uri: vscode.Uri; kind: Figure['kind'] } | undefined;
  const local: FigureHost = {
    async open() {
      if (!shown) return undefined;
      const { uri, kind } = shown;
      if (kind === 'rangeTest') return edge.quiet('Figure', () => readRangeTest(uri));
      const document = await vscode.workspace.openTextDocument(uri);
      const steps = facts.of(document).data?.stepsPerEpoch;
      const whole = steps ? Math.max(1, Math.round(steps)) : undefined;
      return edge.quiet('Figure', () => analysis.worker.drawFigure(kind, document.getText(), whole));
    },
  };
  const channel = connect<FigureHost, FigureView>(webviewPort(panel.webview), local, figureHostChecks);
  scope.add(channel.dispose);
  // A hidden page answers nothing; it opens again when it is seen.
  const refresh = () => void (panel.visible ? channel.remote.changed().catch(() => {}) : undefined);
  scope.add(facts.onDidChange((uri) => (uri.toString() === shown?.uri.toString() ? refresh() : undefined)));
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/figure.js',
    style: 'webview/figure.css',
    title: 'Figure of an experiment',
  });
  return {
    panel,
    show(uri: vscode.Uri, kind: Figure['kind']) {
      shown = { uri, kind };
      panel.title = titles[kind];
      panel.reveal(undefined, true);
      refresh();
    },
  };
}
