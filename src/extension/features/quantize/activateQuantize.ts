import type { Feature } from '../../services/services.ts';
import { quantizeModel } from './quantizeModel.ts';

/** `ASR: Quantize Model…`. */
export const activateQuantize: Feature = (scope, services) => {
  services.edge.registerCommand(scope, 'asr.quantizeModel', 'Quantizing', (given: unknown) =>
    quantizeModel(services, given),
  );
};
