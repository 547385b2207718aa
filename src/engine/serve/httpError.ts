import type { ServerResponse } from 'node:http';

export interface HttpErrorDetails {
  /** Short and stable, for programs. */
  code: string;
  /** The parameter of the request that is wrong. */
  param?: string;
  headers?: Readonly<Record<string, string>>;
}

/** A refusal or failure as the client is told of it; its message may hold nothing secret. */
export class HttpError extends Error {
  override name = 'HttpError';
  readonly status: number;
  readonly details: HttpErrorDetails;
  constructor(status: number, message: string, details: HttpErrorDetails) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** OpenAI's error object: `{ error: { message, type, param, code } }`. */
export function renderError({ status, message, details }: HttpError): string {
  const type = status >= 500 ? 'server_error' : status === 401 ? 'authentication_error' : 'invalid_request_error';
  return JSON.stringify({ error: { message, type, param: details.param ?? null, code: details.code } });
}

/** Headers of the answer to a failed request. */
export function errorHeaders(error: HttpError): Record<string, string> {
  return { ...answerHeaders('application/json; charset=utf-8'), ...error.details.headers };
}

/** Headers of every answer: nothing is kept, guessed at or shown as a page. */
export function answerHeaders(contentType: string): Record<string, string> {
  return { 'content-type': contentType, 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };
}

/** How long a client that is still sending gets to read why it was refused. */
const lingerMs = 500;

/**
 * Ends a request whose body is not wanted: the answer goes out, what the client still sends is thrown away for half a
 * second, then the connection ends. To close at once would reset it, and many clients would never see the answer.
 */
export function refuse(response: ServerResponse, error: HttpError): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { req: request, socket } = response;
  const unread = !request.complete;
  const body = renderError(error);
  const headers = { ...errorHeaders(error), 'content-length': String(Buffer.byteLength(body)) };
  response.writeHead(error.status, unread ? { ...headers, connection: 'close' } : headers);
  response.end(body, () => {
    if (!unread || !socket) return;
    request.on('error', () => undefined).resume();
    const timer = setTimeout(() => socket.destroy(), lingerMs);
    socket.once('close', () => clearTimeout(timer));
  });
}
