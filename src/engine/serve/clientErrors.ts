import type { Duplex } from 'node:stream';
import { errorHeaders, HttpError, renderError } from './httpError.ts';

/** Answers what is no HTTP, or comes too slowly; Node has told the request's handler already where there is one. */
export function answerClientError(error: NodeJS.ErrnoException, socket: Duplex & { bytesWritten?: number }): void {
  if (!socket.writable || error.code === 'ECONNRESET' || (socket.bytesWritten ?? 0) > 0) {
    socket.destroy();
    return;
  }
  writeRefusal(socket, describe(error));
}

function describe({ code }: NodeJS.ErrnoException): HttpError {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new HttpError(431, 'the headers are too large', { code: 'headers_too_large' });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new HttpError(408, 'the request did not come in time', { code: 'request_timeout' });
  return new HttpError(400, 'this is not HTTP/1.1', { code: 'invalid_http' });
}

const phrases: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  408: 'Request Timeout',
  431: 'Request Header Fields Too Large',
  503: 'Service Unavailable',
};

/** A whole answer on a bare connection, which then ends. */
export function writeRefusal(socket: Duplex, error: HttpError): void {
  const body = renderError(error);
  const headers = { ...errorHeaders(error), 'content-length': String(Buffer.byteLength(body)), connection: 'close' };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const phrase = phrases[error.status] ?? 'Error';
  socket.on('error', () => undefined);
  socket.end(`HTTP/1.1 ${error.status} ${phrase}\r\n${lines.join('')}\r\n${body}`, () => socket.destroy());
}
