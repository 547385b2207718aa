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

/** Sessions by key, the least recently used dropped beyond the limit. */
export interface SessionCache {
  get(key: string, open: () => Promise<InferenceSession>): Promise<InferenceSession>;
  dispose(): Promise<void>;
}

export function createSessionCache(limit: number): SessionCache {
  const sessions = new Map<string, InferenceSession>();
  return {
    async get(key, open) {
      const known = sessions.get(key);
      sessions.delete(key);
      const session = known ?? (await open());
      sessions.set(key, session);
      if (sessions.size > limit) {
        const [oldest, dropped] = sessions.entries().next().value!;
        sessions.delete(oldest);
        await dropped.release();
      }
      return session;
    },
    async dispose() {
      for (const session of sessions.values()) await session.release();
      sessions.clear();
    },
  };
}

export function toTensor({ data, shape, dtype }: Feed): Tensor {
  return new Tensor(dtype as 'float32', data as Float32Array, shape);
}
