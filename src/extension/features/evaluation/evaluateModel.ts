import * as path from 'node:path';
import { chooseModel, givenModel } from '../../services/chooseModel.ts';
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
  const model = givenModel(given) ?? (await chooseModel(services, 'Evaluate Model'));
  if (model === undefined) return;
  const on = typeof manifest === 'string' ? manifest : (await pickManifests('Evaluate on', false))?.[0];
  if (on === undefined) return;
  const folder = evaluationFolder(model, nameOfManifest(on));
  const args = ['--manifest', on, '--out-dir', folder];
  await startReport(services, { command: 'evaluate', model, args }, path.join(folder, 'report.json'), show);
}
