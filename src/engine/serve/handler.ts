import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerHeaders, HttpError, refuse } from './httpError.ts';
import { findModel, listModels, renderModel } from './modelList.ts';
import { renderTranscript } from './renderTranscript.ts';
import type { ServerParts } from './serverParts.ts';
import { renderState } from './serverState.ts';
import { transcribeSource } from './transcribeSource.ts';
import { readTranscriptionRequest } from './transcriptionRequest.ts';
import { ClientGone, checkBodyHeaders, receiveUpload } from './upload.ts';

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Of the route, decoded. */
  parameter: string;
  expectsContinue: boolean;
}

interface Route {
  name: string;
  method: 'GET' | 'POST';
  /** Needs no token: says nothing but that the server lives. */
  open?: boolean;
  run(exchange: Exchange): Promise<void> | void;
}

/** Answers one HTTP request, whatever it is. */
export function createHandler(shared: ServerParts & { openStreams(): number }) {
  const routes = createRoutes(shared);
  return (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void => {
    const beganMs = performance.now();
    let name = 'other';
    let failure: unknown;
    response.once('close', () => {
      const code = response.writableFinished ? response.statusCode : 499;
      const durationSec = (performance.now() - beganMs) / 1000;
      shared.metrics.answered(name, code, durationSec);
      if (name === 'transcriptions') shared.log(`transcription: ${code} after ${durationSec.toFixed(2)} s`);
      if (failure !== undefined && code === 500) shared.log(renderBug(failure));
    });
    const answer = async () => {
      shared.gate.admit(request.headers);
      if (allowPage(request, response)) return;
      const found = findRoute(routes, request.url ?? '/');
      name = found?.route[0]?.name ?? 'other';
      if (!found?.route[0]?.open) shared.gate.authorize(request.headers);
      if (!found) throw new HttpError(404, 'there is nothing at this path', { code: 'not_found' });
      const route = found.route.find(({ method }) => method === request.method);
      if (!route) {
        const allow = found.route.map(({ method }) => method).join(', ');
        throw new HttpError(405, `use ${allow}`, { code: 'method_not_allowed', headers: { allow } });
      }
      if (shared.ending.aborted) throw shuttingDown();
      await route.run({ request, response, parameter: found.parameter, expectsContinue });
    };
    answer().catch((error: unknown) => {
      if (error instanceof ClientGone) return void response.destroy();
      failure = error;
      refuse(response, error instanceof HttpError ? error : internal());
    });
  };
}

const shuttingDown = () =>
  new HttpError(503, 'the server is shutting down', {
    ...{ code: 'shutting_down', headers: { 'retry-after': '5', connection: 'close' } },
  });
const internal = () => new HttpError(500, 'the server failed; its log says more', { code: 'internal_error' });
const renderBug = (error: unknown) => (error instanceof Error ? (error.stack ?? error.message) : String(error));

/** Lets a page that may call read the answers; true where that was all it asked (a preflight, which carries no token). */
function allowPage({ headers, method }: IncomingMessage, response: ServerResponse): boolean {
  if (headers.origin === undefined) return false;
  response.setHeader('access-control-allow-origin', headers.origin);
  response.setHeader('vary', 'Origin');
  if (method !== 'OPTIONS') return false;
  response.writeHead(204, {
    'access-control-allow-methods': 'GET, POST',
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': '600',
  });
  response.end();
  return true;
}

type Routes = Readonly<Record<string, Route[]>>;

function findRoute(routes: Routes, url: string): { route: Route[]; parameter: string } | undefined {
  const [path = '/'] = url.split('?', 1);
  const own = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (own) return { route: own, parameter: '' };
  const model = /^\/v1\/models\/([^/]{1,300})$/.exec(path)?.[1];
  if (model === undefined) return undefined;
  try {
    return { route: routes['/v1/models/*']!, parameter: decodeURIComponent(model) };
  } catch {
    return undefined;
  }
}

function createRoutes(shared: ServerParts & { openStreams(): number }): Routes {
  const { models } = shared;
  const get = (name: string, run: Route['run'], open = false): Route[] => [{ name, method: 'GET', open, run }];
  const health = get('health', ({ response }) => sendJson(response, { status: 'ok' }), true);
  return {
    '/health': health,
    '/healthz': health,
    '/v1/models': get('models', ({ response }) => sendJson(response, listModels(models))),
    '/v1/models/*': get('model', ({ response, parameter }) =>
      sendJson(response, renderModel(findModel(models, parameter))),
    ),
    '/metrics': get('metrics', ({ response }) =>
      send(response, 'text/plain; version=0.0.4; charset=utf-8', renderState(shared)),
    ),
    '/v1/stream': get('stream', () => {
      throw new HttpError(426, 'this is a WebSocket', { code: 'upgrade_required', headers: { upgrade: 'websocket' } });
    }),
    '/v1/audio/transcriptions': [{ name: 'transcriptions', method: 'POST', run: (one) => transcribe(shared, one) }],
  };
}

async function transcribe(shared: ServerParts, { request, response, expectsContinue }: Exchange): Promise<void> {
  const { limits, models, queue, metrics, running } = shared;
  const boundary = checkBodyHeaders(request, limits);
  const place = queue.enter();
  const abort = new AbortController();
  running.add(abort);
  response.once('close', () => abort.abort(new ClientGone('the client went away')));
  try {
    if (expectsContinue) response.writeContinue();
    const upload = await receiveUpload(request, boundary, shared.folder, limits, abort.signal);
    try {
      const wanted = readTranscriptionRequest(upload.fields);
      const model = findModel(models, wanted.model);
      await place.turn(abort.signal);
      const transcript = await transcribeSource(upload.file, model, limits.maxAudioSec, abort.signal);
      metrics.heard(transcript.durationSec);
      const { contentType, body } = renderTranscript(transcript, wanted);
      send(response, contentType, body);
    } finally {
      await upload.dispose();
    }
  } finally {
    running.delete(abort);
    place.release();
  }
}

const sendJson = (response: ServerResponse, document: unknown) =>
  send(response, 'application/json; charset=utf-8', JSON.stringify(document));

function send(response: ServerResponse, contentType: string, body: string): void {
  response.writeHead(200, { ...answerHeaders(contentType), 'content-length': String(Buffer.byteLength(body)) });
  response.end(body);
}
