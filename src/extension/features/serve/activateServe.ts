import type { Feature } from '../../services/services.ts';
import { serveModel } from './serveModel.ts';
import { showServerActions } from './serverActions.ts';
import { showServers } from './serverStatus.ts';
import { createServers } from './servers.ts';
import { stopServing } from './stopServing.ts';

/** `ASR: Serve Model`, and what can be done with the servers there are. */
export const activateServe: Feature = (scope, services) => {
  const { edge } = services;
  const servers = createServers(scope, services);
  showServers(scope, servers);
  edge.registerCommand(scope, 'asr.serveModel', 'Serving', (model: unknown) => serveModel(services, servers, model));
  edge.registerCommand(scope, 'asr.stopServing', 'Stopping the server', () => stopServing(servers));
  edge.registerCommand(scope, 'asr.showServer', 'The server', () => showServerActions(servers));
};
