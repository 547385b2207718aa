import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { HttpError } from './httpError.ts';

export interface GateOptions {
  token: string;
  /** Names of the server, without port, beside those of this machine. */
  hosts: readonly string[];
  /** Web pages that may call: `https://example.org`. */
  origins: readonly string[];
}

/** Who may speak to the server; each check throws an HttpError. */
export interface Gate {
  /**
   * By what name the server is called and from which page: a page of the web whose name was bound to this machine's
   * address, or that simply sends a request here, is refused whatever else it knows.
   */
  admit(headers: IncomingHttpHeaders): void;
  /** `Authorization: Bearer <token>`, compared in constant time. */
  authorize(headers: IncomingHttpHeaders): void;
}

const ownNames = ['localhost', '127.0.0.1', '[::1]'];

export function createGate({ token, hosts, origins }: GateOptions): Gate {
  const names = new Set([...ownNames, ...hosts].map((name) => name.toLowerCase()));
  const pages = new Set(origins.map((origin) => origin.toLowerCase()));
  const expected = digest(token);
  return {
    admit({ host, origin }) {
      if (host === undefined) throw new HttpError(400, 'the Host header is missing', { code: 'host_missing' });
      const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host)?.[1];
      if (name === undefined || !names.has(name.toLowerCase())) {
        const remedy = 'start it with --allow-host to add the name';
        throw new HttpError(403, `this server is not called by that Host; ${remedy}`, { code: 'host_not_allowed' });
      }
      if (origin !== undefined && !pages.has(origin.toLowerCase())) {
        const remedy = 'start the server with --allow-origin to let it';
        throw new HttpError(403, `web pages of that Origin may not call; ${remedy}`, { code: 'origin_not_allowed' });
      }
    },
    authorize({ authorization }) {
      const given = /^Bearer ([\x21-\x7e]{1,1024})$/i.exec(authorization ?? '')?.[1];
      const headers = { 'www-authenticate': 'Bearer realm="asr"' };
      if (given === undefined)
        throw new HttpError(401, 'send the token as "Authorization: Bearer <token>"', {
          ...{ code: 'token_missing', headers },
        });
      if (!timingSafeEqual(digest(given), expected))
        throw new HttpError(401, 'the token is wrong', { code: 'invalid_api_key', headers });
    },
  };
}

/** Equal lengths, so that the comparison tells nothing of the token's. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
