import type { Feature } from '../../services/services.ts';
import { createNewExperiment } from './createNewExperiment.ts';

/** `ASR: New Experiment`. */
export const activateNewExperiment: Feature = (scope, services) => {
  services.edge.registerCommand(scope, 'asr.newExperiment', 'New Experiment', (resource: unknown) =>
    createNewExperiment(services, resource),
  );
};
