import { join } from 'node:path';
import { startCpuProfiler } from '../../training/cpuProfiler.ts';
import { monotonicMs } from '../../training/monotonicMs.ts';
import { createProfiledSessions, type SessionTrace, type TimeSpan } from './profiledSessions.ts';
import { createSessionCache, sessionLimit } from './sessions.ts';
import type { TrainingHost } from './trainingHost.ts';

/** What the process that runs the graph saw of the profiled steps. */
export interface GraphProfile {
  /** Handling of each request for steps. */
  requests: TimeSpan[];
  /** What only the profile took, inside of these. */
  extra: TimeSpan[];
  traces: SessionTrace[];
  /** Text of a `.cpuprofile` of this process. */
  cpuProfile: string;
}

export interface OpenGraphProfile {
  time<T>(work: () => Promise<T>): Promise<T>;
  /** The host has its own sessions again, whatever else fails. */
  end(): Promise<GraphProfile>;
}

/** From here on the host's steps run in profiled sessions; ONNX Runtime writes into the folder. */
export async function startGraphProfile(host: TrainingHost, folder: string): Promise<OpenGraphProfile> {
  const ordinary = createSessionCache(sessionLimit);
  const sessions = createProfiledSessions(join(folder, 'ort'), ordinary);
  const requests: TimeSpan[] = [];
  const cpu = await startCpuProfiler();
  host.useSessions(sessions);
  return {
    async time(work) {
      const startMs = monotonicMs();
      const result = await work();
      requests.push({ startMs, endMs: monotonicMs() });
      return result;
    },
    async end() {
      host.useSessions(undefined);
      const cpuProfile = await cpu.stop();
      await sessions.dispose();
      await ordinary.dispose();
      if (sessions.failure) throw sessions.failure;
      const { extra, traces } = sessions;
      return { requests, cpuProfile, extra: [...extra], traces: [...traces] };
    },
  };
}
