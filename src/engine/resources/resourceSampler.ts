import type { MemoryCategory, ResourcesSampled } from '../../shared/run/events.ts';
import type { LoopEvent } from '../../training/loopTools.ts';
import { ownUsage } from '../ort/ownUsage.ts';
import type { ProcessUsage } from '../ort/protocol.ts';
import { createGpuProbe, type GpuAnswer, type GpuProbe } from './gpuProbe.ts';
import { createLeakDetector, explainLeak } from './leakDetector.ts';
import { clampShare, coreShare, machineMemory, machineShare, machineTimes, memoryOf } from './machineLoad.ts';

/** What the sampler asks, and whom it tells. */
export interface SampledRun {
  /** Of the process that runs the graph, which answers between two steps. */
  graphUsage(): Promise<ProcessUsage>;
  /** Batch shapes that it was given so far. */
  shapeCount(): number;
  position(): { step: number; epoch: number };
  emit(event: LoopEvent): void;
  gpus?: GpuProbe;
}

export const sampleEveryMs = 5000;
/** A long step, or a driver that is slow to answer, does not hold a sample back any longer. */
const patienceMs = 2000;

/** Samples memory, processors and GPUs for the life of a run, at once and then every few seconds; it keeps no process alive. */
export function startResourceSampler(run: SampledRun, everyMs = sampleEveryMs): { dispose(): void } {
  const gpuProbe = run.gpus ?? createGpuProbe();
  const detector = createLeakDetector();
  const take = createTaking(run, gpuProbe);
  let disposed = false;
  let taking = false;
  const tick = async () => {
    if (taking) return;
    taking = true;
    const sampled = await take(everyMs);
    taking = false;
    if (disposed) return;
    run.emit(sampled);
    const { step, epoch } = run.position();
    const leak = detector.add({ step, shapes: run.shapeCount(), bytes: sampled.memoryBytes });
    if (leak) run.emit({ kind: 'guard', code: 'memory-leak', severity: 'warning', epoch, ...explainLeak(leak), leak });
  };
  // A log that cannot be written ends the run by its next step, not from here.
  const attempt = () => void tick().catch(() => undefined);
  const timer = setInterval(attempt, everyMs).unref();
  attempt();
  return {
    dispose() {
      disposed = true;
      clearInterval(timer);
      gpuProbe.dispose();
    },
  };
}

type Sampled = Omit<ResourcesSampled, 'step' | 'timeMs'>;

function createTaking(run: SampledRun, gpuProbe: GpuProbe): (everyMs: number) => Promise<Sampled> {
  let engine = ownUsage();
  let graph: ProcessUsage | undefined;
  let graphBefore: ProcessUsage | undefined;
  let machine = machineTimes();
  let gpuAnswer: GpuAnswer = { gpus: [] };
  let asked: Promise<void> | undefined;
  const askGraph = () => {
    asked ??= run
      .graphUsage()
      .then(
        (usage) => {
          graphBefore = graph;
          graph = usage;
        },
        // It has ended; the run will say why.
        () => undefined,
      )
      .finally(() => {
        asked = undefined;
      });
    return asked;
  };
  return async (everyMs) => {
    const asking = gpuProbe.ask(performance.now()).then((answer) => {
      gpuAnswer = answer;
    });
    await within(Math.min(patienceMs, everyMs), Promise.all([askGraph(), asking]));
    const [engineBefore, machineBefore] = [engine, machine];
    engine = ownUsage();
    machine = machineTimes();
    const runCores = coreShare(engineBefore, engine) + coreShare(graphBefore, graph);
    const memory = machineMemory();
    const memoryBytes: Partial<Record<MemoryCategory, number>> = {
      ...memoryOf('engine', engine),
      ...(graph ? memoryOf('graph', graph) : {}),
    };
    return {
      kind: 'resources',
      engineRssBytes: engine.rssBytes,
      ...(graph ? { graphRssBytes: graph.rssBytes } : {}),
      memoryBytes,
      runCpuShare: clampShare(runCores / machine.cores),
      machineCpuShare: machineShare(machineBefore, machine),
      machineMemoryUsedBytes: memory.usedBytes,
      machineMemoryTotalBytes: memory.totalBytes,
      gpus: gpuAnswer.gpus,
      ...(gpuAnswer.absence === undefined ? {} : { gpuAbsence: gpuAnswer.absence }),
    };
  };
}

/** Waits for work, but no longer than this. */
async function within(limitMs: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([
    work,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs).unref();
    }),
  ]);
  clearTimeout(timer);
}
