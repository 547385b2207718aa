import type { Feature } from '../../services/services.ts';
import { exportModel } from './exportModel.ts';

/** `ASR: Export Model`. */
export const activateExport: Feature = (scope, services) =>
  services.edge.registerCommand(scope, 'asr.exportModel', 'The export', (given: unknown) =>
    exportModel(services, given),
  );
