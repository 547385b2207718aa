import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../shared/problem.ts';
import { profiledSteps } from '../../shared/run/control.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { startCpuProfiler } from '../../training/cpuProfiler.ts';
import type { FeaturePool, FeatureWork } from '../../training/data/featurePool.ts';
import type { Executor } from '../../training/executor.ts';
import type { LoopEvent } from '../../training/loopTools.ts';
import { monotonicMs } from '../../training/monotonicMs.ts';
import type { StepProfiler } from '../../training/stepProfiler.ts';
import type { OrtExecutor } from '../ortExecutor.ts';
import { clearLeftovers, type RawProfile, rawFolder, writeProfile } from './profileFiles.ts';
import type { StepRange } from './stepRange.ts';
import type { StepWindow } from './stepSpans.ts';

export interface EngineStepProfiler extends StepProfiler {
  /** The executor that the steps are to be given to. */
  watch(executor: Executor): Executor;
  /** Ends a profile that is open with the steps it has, and waits until all are written. */
  finish(): Promise<void>;
}

export interface StepProfilerParts {
  runDirectory: string;
  device: string;
  executor: Pick<OrtExecutor, 'startProfile' | 'endProfile'>;
  pool: Pick<FeaturePool, 'observe'>;
  /** True once for each request of the user. */
  isAsked(): boolean;
  /** Steps to profile unasked. */
  range: StepRange | undefined;
  emit(event: LoopEvent): void;
  report(problem: Problem): void;
}

interface OpenProfile {
  /** Relative to the run directory. */
  path: string;
  lastStep: number;
  startedMs: number;
  beganMs: number;
  windows: StepWindow[];
  current: StepWindow | undefined;
  features: FeatureWork[];
  cpu: Awaited<ReturnType<typeof startCpuProfiler>>;
}

/**
 * Profiles steps on demand: ONNX Runtime's nodes, JavaScript, and the parts of the steps. While nothing is profiled a step
 * goes through as it is. What fails is reported, and training goes on.
 */
export function createStepProfiler(parts: StepProfilerParts): EngineStepProfiler {
  let open: OpenProfile | undefined;
  let writing: Promise<void> = Promise.resolve();
  let { range } = parts;
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      await clearLeftovers(join(parts.runDirectory, runFiles.profiles)).catch(() => undefined);
      const message = `the steps were not profiled: ${error instanceof Error ? error.message : String(error)}`;
      parts.report({ code: 'profile', severity: 'warning', message });
    }
  };
  const end = async (profile: OpenProfile) => {
    open = undefined;
    await attempt(async () => {
      const raw = await stop(parts, profile);
      // Training goes on while the files are made.
      writing = writing.then(() =>
        attempt(async () => {
          await writeProfile(join(parts.runDirectory, profile.path), raw);
          const steps = raw.windows.reduce((sum, window) => sum + window.steps, 0);
          parts.emit({ kind: 'profiled', path: profile.path, steps, durationMs: monotonicMs() - profile.beganMs });
        }),
      );
      // A log that cannot be written is told of by `finish`.
      writing.catch(() => undefined);
    });
  };
  return {
    async stepBegins(step) {
      if (!open) {
        const isInRange = range !== undefined && step >= range.first && step <= range.last;
        if (!isInRange && !parts.isAsked()) return;
        const lastStep = isInRange ? range!.last : step + profiledSteps - 1;
        if (isInRange) range = undefined;
        await attempt(async () => {
          await writing;
          open = await begin(parts, step, lastStep);
        });
      }
      const startMs = monotonicMs();
      if (open) open.current = { step, steps: 0, startMs, endMs: startMs };
    },
    async stepsEnded(step) {
      if (!open?.current) return;
      const { current } = open;
      open.current = undefined;
      current.endMs = monotonicMs();
      current.steps = step - current.step + 1;
      if (current.steps > 0) open.windows.push(current);
      if (step >= open.lastStep) await end(open);
    },
    watch: (executor) => ({
      ...executor,
      step: (...args) => within(open?.current, () => executor.step(...args)),
      steps: (...args) => within(open?.current, () => executor.steps(...args)),
    }),
    async finish() {
      if (open) await end(open);
      await writing;
      if (range)
        parts.report({ code: 'profile', severity: 'warning', message: `no step ${range.first} came to be profiled` });
    },
  };
}

async function within<T>(window: StepWindow | undefined, work: () => Promise<T>): Promise<T> {
  if (!window) return work();
  const startMs = monotonicMs();
  const result = await work();
  window.call = { startMs, endMs: monotonicMs() };
  return result;
}

async function begin(parts: StepProfilerParts, step: number, lastStep: number): Promise<OpenProfile> {
  const path = freePath(parts.runDirectory, `${runFiles.profiles}/step-${step}`);
  const raw = rawFolder(join(parts.runDirectory, path));
  await clearLeftovers(join(parts.runDirectory, runFiles.profiles));
  mkdirSync(raw, { recursive: true });
  const started = { path, lastStep, startedMs: Date.now(), beganMs: monotonicMs() };
  const cpu = await startCpuProfiler();
  try {
    await parts.executor.startProfile(raw);
  } catch (error) {
    await cpu.stop();
    throw error;
  }
  const features: FeatureWork[] = [];
  parts.pool.observe((work) => features.push(work));
  return { ...started, windows: [], current: undefined, features, cpu };
}

/** Takes what was measured from both processes; neither is profiled any more afterwards. */
async function stop(
  { device, executor, pool }: StepProfilerParts,
  { windows, startedMs, features, cpu }: OpenProfile,
): Promise<RawProfile> {
  pool.observe(undefined);
  const graph = await executor.endProfile();
  const engineCpu = await cpu.stop();
  if (windows.length === 0) throw new Error('the run ended before a step did');
  return { device, startedMs, windows, graph, engineCpu, features };
}

/** Several profiles may begin at one step, when a run is resumed from before it. */
function freePath(runDirectory: string, path: string): string {
  let candidate = path;
  for (let n = 2; existsSync(join(runDirectory, candidate)); n++) candidate = `${path}-${n}`;
  return candidate;
}
