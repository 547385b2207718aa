import * as path from 'node:path';
import * as vscode from 'vscode';
import { chooseModel } from '../../services/chooseModel.ts';
import { pickManifests } from '../../services/pickManifests.ts';
import type { Services } from '../../services/services.ts';
import { evaluationFolder, nameOfManifest, startReport } from './startReport.ts';

/** `ASR: Evaluate Model`: of a run's row, an `.onnx` of the Explorer, or a model that is chosen. */
export async function evaluateModel(
  services: Services,
  given: unknown,
  manifest: unknown,
  show: (file: string) => void,
): Promise<void> {
  const model = pathOf(given) ?? (await chooseModel(services, 'Evaluate Model'));
  if (model === undefined) return;
  const on = typeof manifest === 'string' ? manifest : (await pickManifests('Evaluate on', false))?.[0];
  if (on === undefined) return;
  const folder = evaluationFolder(model, nameOfManifest(on));
  const args = ['--manifest', on, '--out-dir', folder];
  await startReport(services, { command: 'evaluate', model, args }, path.join(folder, 'report.json'), show);
}

/** What a menu gave: a row of the runs, or a file. */
function pathOf(given: unknown): string | undefined {
  if (given instanceof vscode.Uri) return given.fsPath;
  if (typeof given === 'string') return given;
  const directory = typeof given === 'object' && given !== null && 'directory' in given ? given.directory : undefined;
  return typeof directory === 'string' ? directory : undefined;
}
