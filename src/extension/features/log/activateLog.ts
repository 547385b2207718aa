import type { Feature } from '../../services/services.ts';

/** `ASR: Show Log`. */
export const activateLog: Feature = (scope, { edge, log }) => {
  edge.registerCommand(scope, 'asr.showLog', 'Showing the log', () => log.asr.show());
};
