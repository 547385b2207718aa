import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { loadResampler } from '../../dsp/resample.ts';
import { UserError } from '../../shared/problem.ts';
import { writeRefusal } from './clientErrors.ts';
import { HttpError, renderError } from './httpError.ts';
import { findModel } from './modelList.ts';
import type { ServedModel } from './servedModel.ts';
import type { ServerParts } from './serverParts.ts';
import { createStreamInput } from './streamInput.ts';
import { readStreamSetup, type StreamSetup } from './streamSetup.ts';
import { serveSocket } from './streamSocket.ts';

export interface Streams {
  readonly open: number;
  /** Takes a connection that asks to become a WebSocket, or refuses it. */
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Tells all that the server goes away. */
  closeAll(): void;
  terminateAll(): void;
}

const maxMessageBytes = 1 << 20;
const streamPath = '/v1/stream';

export function createStreams(shared: ServerParts): Streams {
  const { gate, limits, models, metrics, ending, log } = shared;
  const sockets = new WebSocketServer({
    ...{ noServer: true, maxPayload: maxMessageBytes, perMessageDeflate: false, clientTracking: true },
  });
  // Those whose handshake is not over count too.
  let open = 0;
  const begin = async (socket: WebSocket, model: ServedModel, setup: StreamSetup) => {
    const rate = model.sampleRateHz;
    const sampleRateHz = setup.sampleRateHz ?? rate;
    const input = createStreamInput(setup.encoding, sampleRateHz, rate, await loadResampler());
    const session = await model.openStream();
    const failed = (error: unknown) => log(`stream: ${error instanceof Error ? error.message : String(error)}`);
    socket.resume();
    const over = serveSocket({ socket, input, session, sampleRateHz: rate, limits, failed });
    socket.send(JSON.stringify({ type: 'ready', model: model.id, encoding: setup.encoding, sampleRateHz }));
    metrics.heard(await over);
  };
  return {
    get open() {
      return open;
    },
    upgrade(request, socket, head) {
      const beganMs = performance.now();
      try {
        gate.admit(request.headers);
        gate.authorize(request.headers);
        const [path, query = ''] = (request.url ?? '').split('?', 2);
        if (path !== streamPath) throw new HttpError(404, 'there is no stream at this path', { code: 'not_found' });
        const setup = readStreamSetup(query);
        const model = findModel(models, setup.model);
        const busy =
          open >= limits.streams ? 'all streams are taken' : ending.aborted ? 'the server is shutting down' : '';
        if (busy) throw new HttpError(503, busy, { code: 'server_busy', headers: { 'retry-after': '5' } });
        open++;
        socket.once('close', () => {
          open--;
          metrics.answered('stream', 101, (performance.now() - beganMs) / 1000);
        });
        sockets.handleUpgrade(request, socket, head, (webSocket) => {
          // What comes before there is a session waits.
          webSocket.pause();
          begin(webSocket, model, setup).catch((error: unknown) => {
            log(`stream: ${error instanceof Error ? error.message : String(error)}`);
            webSocket.send(`{"type":"error",${renderError(whyNotOpened(error)).slice(1)}`);
            webSocket.close(1011);
          });
        });
      } catch (error) {
        const refusal = error instanceof HttpError ? error : undefined;
        if (!refusal) log(`stream: ${String(error)}`);
        const told = refusal ?? new HttpError(500, 'the server failed', { code: 'internal_error' });
        metrics.answered('stream', told.status, (performance.now() - beganMs) / 1000);
        writeRefusal(socket, told);
      }
    },
    closeAll() {
      for (const socket of sockets.clients) socket.close(1001, 'the server is going away');
    },
    terminateAll() {
      for (const socket of sockets.clients) socket.terminate();
    },
  };
}

/** A model may be one that cannot be streamed: that is told. */
function whyNotOpened(error: unknown): HttpError {
  if (error instanceof UserError) return new HttpError(400, error.message, { code: 'not_streamable' });
  return new HttpError(503, 'the model cannot be opened for streams', { code: 'model_unavailable' });
}
