import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { UserError } from '../../shared/problem.ts';

/** The server's answer, or a connection, that may be better the next time. */
export class Interruption extends Error {}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** All that arrived, piece by piece; undefined at the end. Throws Interruption after the last one of a body that broke off. */
  next(): Promise<Uint8Array | undefined>;
  leave(): void;
}

const mostRedirects = 5;

/**
 * Asks for a file from a byte on; follows redirects, but not from HTTPS to HTTP. Not by `fetch`, which throws away what
 * had arrived when a connection breaks off. Throws Interruption when nobody answers.
 */
export async function requestRange(
  url: string,
  fromByte: number,
  validator: string | undefined,
  signal: AbortSignal,
): Promise<Answer> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity', 'user-agent': 'asr-workbench' };
  if (fromByte > 0) headers.range = `bytes=${fromByte}-`;
  if (fromByte > 0 && validator) headers['if-range'] = validator;
  let place = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(place, headers, signal);
    const { location } = answer.headers;
    if (location === undefined || !redirectCodes.has(answer.status)) return answer;
    answer.leave();
    const next = new URL(location, place);
    if (redirects === mostRedirects) throw new UserError(`${url}: the server redirects in a circle`);
    if (!['http:', 'https:'].includes(next.protocol) || (place.protocol === 'https:' && next.protocol === 'http:'))
      throw new UserError(`${url}: the server redirects to ${next.origin}, which is less safe; it is not followed`);
    place = next;
  }
}

const redirectCodes = new Set([301, 302, 303, 307, 308]);

const ask = (url: URL, headers: Record<string, string>, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    request(url, { headers, signal })
      // At once: what arrives before anybody listens would be lost with the connection.
      .once('response', (response) => resolve(receive(response)))
      .on('error', (error: NodeJS.ErrnoException) =>
        reject(new Interruption(`no answer (${error.code ?? error.message})`)),
      )
      .end();
  });

/** Pieces that wait to be taken before the connection is held up. */
const mostWaiting = 64;

function receive(response: IncomingMessage): Answer {
  const waiting: Uint8Array[] = [];
  let state: 'open' | 'complete' | 'broken' = 'open';
  let wake = () => {};
  const waitFor = (resolve: () => void) => {
    wake = resolve;
  };
  const close = (next: 'complete' | 'broken') => {
    if (state === 'open') state = next;
    wake();
  };
  response.on('data', (piece: Uint8Array) => {
    waiting.push(piece);
    if (waiting.length >= mostWaiting) response.pause();
    wake();
  });
  response.once('end', () => close(response.complete ? 'complete' : 'broken'));
  response.once('close', () => close('broken'));
  response.on('error', () => close('broken'));
  return {
    status: response.statusCode!,
    headers: response.headers,
    leave: () => void response.destroy(),
    async next() {
      while (waiting.length === 0 && state === 'open') await new Promise<void>(waitFor);
      const piece = waiting.shift();
      if (waiting.length === 0) response.resume();
      if (!piece && state === 'broken') throw new Interruption('the connection broke off');
      return piece;
    },
  };
}
