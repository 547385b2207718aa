import { createReadStream, existsSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setImmediate } from 'node:timers/promises';
import { profileFiles } from '../../shared/run/layout.ts';
import { replaceDirectory } from '../../training/run/durableFiles.ts';
import type { GraphProfile } from '../ort/graphProfile.ts';
import type { SessionTrace } from '../ort/profiledSessions.ts';
import { chromeTrace } from './chromeTrace.ts';
import { createTraceReader, type OrtTrace } from './ortTrace.ts';
import { type NodeCall, placeCalls } from './placeCalls.ts';
import type { StepWindow } from './stepSpans.ts';
import { type MeasuredSteps, summarizeProfile } from './summarizeProfile.ts';

/** What a profile is made from, beside ONNX Runtime's files. */
export interface RawProfile extends Pick<MeasuredSteps, 'device' | 'startedMs' | 'features'> {
  windows: StepWindow[];
  graph: GraphProfile;
  /** Text of a `.cpuprofile` of the engine. */
  engineCpu: string;
}

/** Where ONNX Runtime writes until the profile is made. */
export const rawFolder = (directory: string): string => `${directory}.raw`;

/** Makes the directory of a profile, whole or not at all; throws where ONNX Runtime's files tell nothing. */
export async function writeProfile(directory: string, raw: RawProfile): Promise<void> {
  try {
    const measured = await measure(raw);
    const trace: Uint8Array[] = [];
    for (const piece of chromeTrace(measured)) {
      trace.push(piece);
      // The thread that feeds the steps is this one.
      await setImmediate();
    }
    await replaceDirectory(directory, {
      [profileFiles.summary]: `${JSON.stringify(summarizeProfile(measured))}\n`,
      [profileFiles.trace]: trace,
      [profileFiles.engineCpu]: raw.engineCpu,
      [profileFiles.graphCpu]: raw.graph.cpuProfile,
    });
  } finally {
    await rm(rawFolder(directory), { recursive: true, force: true });
  }
}

/** Removes what profiles left that a crash ended. */
export async function clearLeftovers(profiles: string): Promise<void> {
  const names = existsSync(profiles) ? readdirSync(profiles) : [];
  for (const name of names)
    if (/\.(raw|new|old)$/.test(name)) await rm(join(profiles, name), { recursive: true, force: true });
}

async function measure({ device, startedMs, windows, graph, features }: RawProfile): Promise<MeasuredSteps> {
  const calls: NodeCall[] = [];
  for (const session of graph.traces) {
    const trace = await readTrace(session);
    // It keeps a million events of a session, and says nothing when a disk is full.
    if (trace.runs.length < session.runs.length)
      throw new Error("ONNX Runtime's profile ends before the steps do; profile fewer steps, or make room on the disk");
    for (const call of placeCalls(trace, session.runs)) calls.push(call);
    await setImmediate();
  }
  if (calls.length === 0) throw new Error("ONNX Runtime's profile holds no node");
  calls.sort((a, b) => a.startMs - b.startMs || b.durationMs - a.durationMs);
  const times = { requests: graph.requests, extra: graph.extra, traces: graph.traces };
  return { device, startedMs, windows, features, calls, graph: { ...times, updatesOutside: device === 'cpu' } };
}

async function readTrace({ filePrefix }: SessionTrace): Promise<OrtTrace> {
  const folder = dirname(filePrefix);
  const file = readdirSync(folder).find((name) => name.startsWith(`${basename(filePrefix)}_`));
  const { line, trace } = createTraceReader();
  if (file === undefined) return trace;
  for await (const text of createInterface({ input: createReadStream(join(folder, file)) })) line(text);
  return trace;
}
