import type { WebSocket } from 'ws';
import type { StreamResult } from '../stream/streamSession.ts';
import { HttpError, renderError } from './httpError.ts';
import type { ServeLimits } from './limits.ts';
import type { StreamInput } from './streamInput.ts';
import type { ServedStream } from './streaming.ts';

export interface OpenSocket {
  socket: WebSocket;
  input: StreamInput;
  session: ServedStream;
  sampleRateHz: number;
  limits: Pick<ServeLimits, 'idleMs' | 'maxAudioSec'>;
  /** A bug, or a model that died. */
  failed(error: unknown): void;
}

/** A client that does not read what it is told. */
const maxUnsentBytes = 1 << 20;
const shortly = (code: number, message: string) => new HttpError(code, message, { code: 'stream_refused' });

/**
 * One stream: binary messages are audio, `{"type": "finish"}` ends it; `partial` and `final` results go back, then
 * `done`. Messages are worked off one at a time, and the network waits meanwhile. Resolves, when it is over, with the
 * seconds that were heard.
 */
export function serveSocket({ socket, input, session, sampleRateHz, limits, failed }: OpenSocket): Promise<number> {
  let heard = 0;
  let finished = false;
  let timer: NodeJS.Timeout | undefined;
  let previous: Promise<void> = Promise.resolve();
  const send = (message: object) => {
    if (socket.readyState !== socket.OPEN) return;
    if (socket.bufferedAmount > maxUnsentBytes) socket.terminate();
    else socket.send(JSON.stringify(message), () => undefined);
  };
  const tell = (results: StreamResult[]) => {
    for (const { kind, ...result } of results) send({ type: kind, ...result });
  };
  const fail = (error: unknown) => {
    const known = error instanceof HttpError ? error : undefined;
    if (!known || known.status >= 500) failed(error);
    const told = known ?? new HttpError(500, 'the server failed; its log says more', { code: 'internal_error' });
    send({ type: 'error', ...(JSON.parse(renderError(told)) as object) });
    socket.close(told.status >= 500 ? 1011 : 1008, told.details.code);
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(shortly(408, `nothing came for ${limits.idleMs / 1000} s`)), limits.idleMs);
  };
  const push = async (samples: Float32Array) => {
    heard += samples.length;
    if (heard > limits.maxAudioSec * sampleRateHz)
      throw shortly(413, `the stream is longer than ${limits.maxAudioSec} s`);
    tell(await session.push(samples));
  };
  const take = async (data: Buffer, isBinary: boolean) => {
    if (finished) throw shortly(400, 'the stream was finished before');
    if (isBinary) return push(input.push(data));
    if (!isFinish(data)) throw shortly(400, 'a text message must be {"type": "finish"}');
    finished = true;
    await push(input.finish());
    tell(await session.finish());
    send({ type: 'done' });
    socket.close(1000);
  };
  watch();
  socket.on('message', (data, isBinary) => {
    clearTimeout(timer);
    socket.pause();
    previous = previous
      .then(() => (socket.readyState === socket.OPEN ? take(asBuffer(data), isBinary) : undefined))
      .catch(fail)
      .then(() => {
        socket.resume();
        if (socket.readyState === socket.OPEN) watch();
      });
  });
  // What breaks the protocol (a message too large, no UTF-8) closes the socket by itself.
  socket.on('error', () => undefined);
  return new Promise((resolve) => {
    socket.once('close', () => {
      clearTimeout(timer);
      void previous.then(() => session.dispose()).catch(failed);
      resolve(heard / sampleRateHz);
    });
  });
}

function isFinish(data: Buffer): boolean {
  try {
    return (JSON.parse(data.toString('utf8')) as { type?: unknown } | null)?.type === 'finish';
  } catch {
    return false;
  }
}

function asBuffer(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  if (Array.isArray(data)) return Buffer.concat(data);
  return Buffer.isBuffer(data) ? data : Buffer.from(data);
}
