import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { monotonicMs } from '../../training/monotonicMs.ts';
import { runSession, type SessionSource, type Sessions } from './sessions.ts';

/** A stretch of time by the machine's monotonic clock. */
export interface TimeSpan {
  startMs: number;
  endMs: number;
}

/** What ONNX Runtime wrote of one session, and when the runs were that it speaks of. */
export interface SessionTrace {
  key: string;
  /** Begins the name of the file; ONNX Runtime adds the time. */
  filePrefix: string;
  /** In order; the first is not to be counted. */
  runs: TimeSpan[];
}

export interface ProfiledSessions extends Sessions {
  readonly traces: readonly SessionTrace[];
  /** Times of what is done for the profile alone: opening sessions, first runs. */
  readonly extra: readonly TimeSpan[];
  /** Why a session could not be opened; its steps ran in the sessions they run in without a profile. */
  readonly failure: Error | undefined;
}

/**
 * Sessions with ONNX Runtime's profiler, beside those that are kept open. The first run of a session finds neither
 * memory nor caches as later ones do, so a new session runs once before what is measured, with the same inputs.
 */
export function createProfiledSessions(filePrefix: string, ordinary: Sessions): ProfiledSessions {
  const sessions = new Map<string, InferenceSession>();
  const traceOf = new Map<InferenceSession, SessionTrace>();
  const traces: SessionTrace[] = [];
  const extra: TimeSpan[] = [];
  let failure: Error | undefined;
  const timed = async <T>(spans: TimeSpan[], work: () => Promise<T>): Promise<T> => {
    const startMs = monotonicMs();
    try {
      return await work();
    } finally {
      spans.push({ startMs, endMs: monotonicMs() });
    }
  };
  const open = async (key: string, { bytes, options }: SessionSource) => {
    const trace: SessionTrace = { key, filePrefix: `${filePrefix}-${traces.length}`, runs: [] };
    const profiling = { enableProfiling: true, profileFilePrefix: trace.filePrefix };
    const session = await InferenceSession.create(bytes, { ...options, ...profiling });
    sessions.set(key, session);
    traceOf.set(session, trace);
    traces.push(trace);
    return session;
  };
  return {
    traces,
    extra,
    get failure() {
      return failure;
    },
    async get(key, source) {
      const known = sessions.get(key);
      if (known) return known;
      try {
        return await timed(extra, async () => open(key, source()));
      } catch (error) {
        failure = error instanceof Error ? error : new Error(String(error));
        return ordinary.get(key, source);
      }
    },
    async run(session, feeds, fetches) {
      const trace = traceOf.get(session);
      if (!trace) return runSession(session, feeds, fetches);
      if (trace.runs.length === 0) {
        const outputs = await timed(extra, () => timed(trace.runs, () => runSession(session, feeds)));
        for (const output of Object.values(outputs)) discard(output);
      }
      return timed(trace.runs, () => runSession(session, feeds, fetches));
    },
    async dispose() {
      for (const session of sessions.values()) {
        session.endProfiling();
        await session.release();
      }
      sessions.clear();
    },
  };
}

function discard(tensor: Tensor): void {
  if (tensor.location === 'gpu-buffer') tensor.dispose();
}
