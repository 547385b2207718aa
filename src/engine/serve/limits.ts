import type { ParsedArguments } from '../arguments.ts';

/** What one client, or all together, may ask of the server. */
export interface ServeLimits {
  maxBodyBytes: number;
  maxAudioSec: number;
  /** Requests being recognised at the same time; their pieces take turns. */
  parallel: number;
  /** Requests that are sent or wait meanwhile; one more is answered with 503. */
  waiting: number;
  streams: number;
  connections: number;
  /** All of a request must have come by then. */
  requestMs: number;
  headersMs: number;
  /** Silence in the midst of a body or a stream. */
  idleMs: number;
  /** Running requests get this long when the server is told to end. */
  drainMs: number;
  maxHeaderBytes: number;
}

export const defaultLimits: ServeLimits = {
  maxBodyBytes: 256 * 2 ** 20,
  maxAudioSec: 4 * 3600,
  parallel: 4,
  waiting: 32,
  streams: 64,
  connections: 512,
  requestMs: 300_000,
  headersMs: 10_000,
  idleMs: 30_000,
  drainMs: 5000,
  maxHeaderBytes: 16 * 1024,
};

/** The limits as the command line changes them. */
export function readLimits(args: ParsedArguments): ServeLimits {
  const whole = (name: string, fallback: number, max: number) =>
    args.number(name, { min: 1, max, integer: true }) ?? fallback;
  const { maxBodyBytes, maxAudioSec, parallel, waiting, streams, connections, requestMs } = defaultLimits;
  return {
    ...defaultLimits,
    maxBodyBytes: whole('max-body-mb', maxBodyBytes / 2 ** 20, 1_000_000) * 2 ** 20,
    maxAudioSec: args.number('max-audio-sec', { min: 0.1, max: 1e6 }) ?? maxAudioSec,
    parallel: whole('max-parallel', parallel, 256),
    waiting: args.number('max-waiting', { min: 0, max: 10_000, integer: true }) ?? waiting,
    streams: args.number('max-streams', { min: 0, max: 10_000, integer: true }) ?? streams,
    connections: whole('max-connections', connections, 100_000),
    requestMs: 1000 * whole('max-request-sec', requestMs / 1000, 86_400),
  };
}
