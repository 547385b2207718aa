import * as vscode from 'vscode';
import { debugType } from '../../../shared/contributions.ts';
import { activeExperiment, saveExperiment } from '../../services/experiments.ts';
import type { Feature, Services } from '../../services/services.ts';
import { type AsrConfiguration, nodeConfigurationFor } from './nodeConfigurationFor.ts';

/** Debug type `asr`: the engine under VS Code's own JavaScript debugger. */
export const activateDebug: Feature = (scope, services) => {
  services.edge.registerCommand(scope, 'asr.debugTraining', 'Debugging', (resource: unknown) =>
    debugTraining(resource),
  );
  const resolve = (configuration: vscode.DebugConfiguration) =>
    services.edge.guard('Debugging', () => resolveConfiguration(configuration, services));
  const provider: vscode.DebugConfigurationProvider = {
    resolveDebugConfiguration: (_folder, configuration) => resolve(configuration),
    provideDebugConfigurations: () => [initialConfiguration],
  };
  scope.add(vscode.debug.registerDebugConfigurationProvider(debugType, provider));
  scope.add(
    vscode.debug.registerDebugConfigurationProvider(
      debugType,
      { provideDebugConfigurations: () => [initialConfiguration] },
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
  );
};

const initialConfiguration = {
  type: debugType,
  request: 'launch',
  name: 'ASR: Debug Training',
  command: 'train',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: VS Code's own variable, which it replaces.
  config: '${file}',
} satisfies vscode.DebugConfiguration;

/** `ASR: Debug Training`, from the palette or a CodeLens (which passes the file). */
async function debugTraining(resource: unknown): Promise<void> {
  const uri = resource instanceof vscode.Uri ? resource : activeExperiment();
  if (!uri) return;
  await saveExperiment(uri);
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  await vscode.debug.startDebugging(folder, { ...initialConfiguration, config: uri.fsPath });
}

async function resolveConfiguration(
  configuration: vscode.DebugConfiguration,
  { engine }: Services,
): Promise<vscode.DebugConfiguration | undefined> {
  // F5 without a launch.json: the experiment in view.
  const started = configuration.type ? configuration : { ...initialConfiguration, config: activeExperiment()?.fsPath };
  const active = activeExperiment();
  if (active) await saveExperiment(active);
  const { node, script, environment } = engine.program('engine');
  return nodeConfigurationFor(started as unknown as AsrConfiguration, { node, script, environment });
}
