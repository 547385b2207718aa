import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { answerClientError } from './clientErrors.ts';
import { createGate } from './gate.ts';
import { createHandler } from './handler.ts';
import { HttpError } from './httpError.ts';
import type { ServeLimits } from './limits.ts';
import { createMetrics } from './metrics.ts';
import { createQueue } from './queue.ts';
import type { ServedModel } from './servedModel.ts';
import { createStreams } from './streams.ts';

export interface ServeOptions {
  models: readonly ServedModel[];
  host: string;
  /** 0 takes any that is free. */
  port: number;
  token: string;
  allowedHosts: readonly string[];
  allowedOrigins: readonly string[];
  limits: ServeLimits;
  /** Lines about what is going on; none holds anything a client wrote. */
  log(line: string): void;
}

export interface RunningServer {
  port: number;
  url: string;
  /**
   * Takes nothing more; what runs gets `drainMs`, then it is told that the server ends. Streams are closed with 1001.
   * The models stay open.
   */
  drain(): Promise<void>;
}

/** Listens until `drain`. Throws a UserError where the address cannot be had. */
export async function startServer(options: ServeOptions): Promise<RunningServer> {
  const { limits, log } = options;
  const folder = await mkdtemp(join(tmpdir(), 'asr-serve-'));
  const gate = createGate({
    token: options.token,
    hosts: [...options.allowedHosts, ...(isEveryAddress(options.host) ? [] : [asUrlHost(options.host)])],
    origins: options.allowedOrigins,
  });
  const ending = new AbortController();
  const shared = {
    ...{ gate, limits, log, models: options.models, metrics: createMetrics(), queue: createQueue(limits) },
    ...{ ending: ending.signal, folder, running: new Set<AbortController>() },
  };
  const streams = createStreams(shared);
  const handle = createHandler({ ...shared, openStreams: () => streams.open });
  const server = createHttpServer(limits, handle);
  server.on('upgrade', streams.upgrade);
  try {
    await listen(server, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://${isEveryAddress(options.host) ? '127.0.0.1' : asUrlHost(options.host)}:${port}`,
    async drain() {
      ending.abort();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      streams.closeAll();
      await Promise.race([closed, wait(Math.max(0, limits.drainMs - lastWordMs))]);
      const end = new HttpError(503, 'the server is shutting down', { code: 'shutting_down' });
      for (const request of shared.running) request.abort(end);
      streams.terminateAll();
      await Promise.race([closed, wait(lastWordMs)]);
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Of the drain's time, for requests that did not finish to be told so. */
const lastWordMs = 300;

function createHttpServer(
  limits: ServeLimits,
  handle: (request: IncomingMessage, response: ServerResponse, expectsContinue: boolean) => void,
): Server {
  const server = createServer({
    ...{ maxHeaderSize: limits.maxHeaderBytes, headersTimeout: limits.headersMs, requestTimeout: limits.requestMs },
    // How often the two are looked at.
    connectionsCheckingInterval: Math.min(1000, limits.headersMs / 4),
    ...{ keepAliveTimeout: 5000, noDelay: true },
  });
  server.maxConnections = limits.connections;
  server.maxHeadersCount = 100;
  server.on('request', (request, response) => handle(request, response, false));
  server.on('checkContinue', (request, response) => handle(request, response, true));
  server.on('clientError', answerClientError);
  return server;
}

async function listen(server: Server, { host, port }: ServeOptions): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, host, () => {
        server.off('error', reject);
        resolve();
      });
    });
  } catch (error) {
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `port ${port} is in use; give another --port, or none for any that is free`,
      EACCES: `port ${port} is not for this user; give one above 1023`,
      EADDRNOTAVAIL: `this machine has no address ${host}`,
      ENOTFOUND: `there is no host ${host}`,
      EAI_AGAIN: `there is no host ${host}`,
    };
    const reason = reasons[(error as NodeJS.ErrnoException).code ?? ''];
    throw reason === undefined ? error : new UserError(reason);
  }
}

const isEveryAddress = (host: string): boolean => host === '0.0.0.0' || host === '::';
const asUrlHost = (host: string): string => (host.includes(':') ? `[${host}]` : host);
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms).unref());
