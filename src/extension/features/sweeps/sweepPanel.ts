import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CommandId } from '../../../shared/contributions.ts';
import { UserError } from '../../../shared/problem.ts';
import { connect } from '../../../shared/protocol/channel.ts';
import { type ShownSweep, type SweepHost, type SweepView, sweepHostChecks } from '../../../shared/protocol/sweep.ts';
import { createScope } from '../../../shared/scope.ts';
import { bestTrial } from '../../../shared/sweep/sweepRecord.ts';
import { webviewPort } from '../../services/ports.ts';
import type { Services } from '../../services/services.ts';
import { renderSweepLabel } from '../../services/sweepLabels.ts';
import type { Sweep } from '../../services/sweepResults.ts';
import { showWebviewPage } from '../../services/webviewHtml.ts';
import { useValues } from './useValues.ts';

/** Connects a tab to its sweep, which may still be on its way. */
export function attachSweepPanel(panel: vscode.WebviewPanel, directory: string, services: Services): void {
  const { edge, log, extensionUri, sweeps } = services;
  const scope = createScope((error) => log.asr.error(String(error)));
  scope.add(panel.onDidDispose(() => scope.dispose()));
  const find = () => sweeps.list.find((sweep) => sweep.directory === directory);
  const trialOf = (number: number) => {
    const record = find()?.record;
    const trial = record?.trials.find((other) => other.number === number);
    if (!record || !trial) throw new UserError('This sweep is not in the workspace any more.');
    return { record, trial };
  };
  const run = (command: CommandId, ...given: unknown[]) => vscode.commands.executeCommand(command, ...given);
  const local: SweepHost = {
    async open() {
      if (!find()) await sweeps.refresh(path.dirname(directory));
      const sweep = find();
      if (sweep) panel.title = `Sweep ${renderSweepLabel(sweep)}`;
      return sweep ? shown(sweep) : null;
    },
    openRuns: (trials) =>
      void edge.guard('Opening runs', () => {
        const runs = trials.map((number) => path.join(path.dirname(directory), trialOf(number).trial.run));
        return run('asr.showProfiler', ...runs);
      }),
    useValues: (number) =>
      void edge.guard('Using the values', () => {
        const { record, trial } = trialOf(number);
        return useValues(record, trial);
      }),
    control: (action) =>
      void edge.guard('The sweep', async () => {
        if (action === 'stop') await run('asr.stopSweep', directory);
        else if (action === 'resume') await run('asr.resumeSweep', directory);
        else if (find()) await vscode.window.showTextDocument(vscode.Uri.file(find()!.record.configFile));
      }),
  };
  const channel = connect<SweepHost, SweepView>(webviewPort(panel.webview), local, sweepHostChecks);
  scope.add(channel.dispose);
  scope.add(
    sweeps.onDidChange(({ sweep }) => {
      // A hidden table opens anew when it is seen.
      if (sweep.directory !== directory || !panel.visible) return;
      panel.title = `Sweep ${renderSweepLabel(sweep)}`;
      void channel.remote.changed(shown(sweep)).catch(() => {});
    }),
  );
  showWebviewPage(panel.webview, extensionUri, {
    script: 'webview/sweep.js',
    style: 'webview/sweep.css',
    title: 'Sweep',
  });
}

function shown({ directory, record, active }: Sweep): ShownSweep {
  return {
    directory,
    name: record.name,
    keys: record.keys.map(({ key }) => key),
    active,
    ...(record.end === undefined ? {} : { end: record.end }),
    best: bestTrial(record.trials)?.number ?? null,
    trials: record.trials,
  };
}
