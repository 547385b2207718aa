import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Feed } from '../../nn/batch.ts';

/**
 * Options for every session. Memory pattern and the arena are off: both keep the memory of each session for itself, and
 * a training run holds dozens of sessions. The process is started with an allocator that keeps freed memory instead.
 * Level `all` would add layout changes around pooling that cost more than they gain.
 */
export function sessionOptions(threads: number): InferenceSession.SessionOptions {
  return {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'extended',
    enableMemPattern: false,
    enableCpuMemArena: false,
    logSeverityLevel: 3,
    // Threads that wait by spinning burn the cores that features and other programs need, and make no step faster.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  };
}

export function createSession(bytes: Uint8Array, threads: number): Promise<InferenceSession> {
  return InferenceSession.create(bytes, sessionOptions(threads));
}

/** What a session is made of. */
export interface SessionSource {
  bytes: Uint8Array;
  options: InferenceSession.SessionOptions;
}

/** Sessions by key, and the way they are run. */
export interface Sessions {
  get(key: string, source: () => SessionSource): Promise<InferenceSession>;
  run(
    session: InferenceSession,
    feeds: Readonly<Record<string, Tensor>>,
    fetches?: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>>;
  dispose(): Promise<void>;
}

/** Sessions that a run keeps open, one per batch shape. */
export const sessionLimit = 64;

export const runSession: Sessions['run'] = (session, feeds, fetches) =>
  fetches ? session.run(feeds, fetches) : session.run(feeds);

/** The least recently used are dropped beyond the limit. */
export function createSessionCache(limit: number): Sessions {
  const sessions = new Map<string, InferenceSession>();
  return {
    async get(key, source) {
      const known = sessions.get(key);
      sessions.delete(key);
      const session = known ?? (await openSession(source()));
      sessions.set(key, session);
      if (sessions.size > limit) {
        const [oldest, dropped] = sessions.entries().next().value!;
        sessions.delete(oldest);
        await dropped.release();
      }
      return session;
    },
    run: runSession,
    async dispose() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}

const openSession = ({ bytes, options }: SessionSource) => InferenceSession.create(bytes, options);

export function toTensor({ data, shape, dtype }: Feed): Tensor {
  return new Tensor(dtype as 'float32', data as Float32Array, shape);
}
