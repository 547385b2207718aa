import type { TimeSpan } from '../ort/profiledSessions.ts';
import type { NodeCall } from './placeCalls.ts';
import { stepSpans } from './stepSpans.ts';
import type { MeasuredSteps } from './summarizeProfile.ts';
import { layerSpans } from './timeline.ts';

/** Perfetto still opens so many at once; of more the shortest are left out. */
const mostCalls = 300_000;

const engine = 1;
const graphProcess = 2;
const threads = {
  steps: { pid: engine, tid: 1, name: 'steps' },
  parts: { pid: engine, tid: 2, name: 'parts of steps' },
  requests: { pid: graphProcess, tid: 1, name: 'requests' },
  layers: { pid: graphProcess, tid: 2, name: 'layers' },
  nodes: { pid: graphProcess, tid: 3, name: 'nodes (ONNX Runtime)' },
  gpu: { pid: graphProcess, tid: 4, name: 'GPU programs' },
} as const;

/** The profile in Chrome's trace event format, as pieces of UTF-8 that together are one JSON document. */
export function* chromeTrace(measured: MeasuredSteps): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const { windows } = measured;
  const originMs = windows[0]!.startMs;
  const endMs = windows.at(-1)!.endMs;
  const lines: string[] = [];
  const add = (event: object) => lines.push(JSON.stringify(event));
  const complete = (thread: { pid: number; tid: number }, name: string, span: TimeSpan, more: object = {}) =>
    add({
      ph: 'X',
      name,
      pid: thread.pid,
      tid: thread.tid,
      ts: microseconds(span.startMs - originMs),
      dur: microseconds(span.endMs - span.startMs),
      ...more,
    });
  nameThreads(measured, add);
  for (const window of windows) {
    const { step, steps } = window;
    complete(threads.steps, steps > 1 ? `steps ${step} to ${step + steps - 1}` : `step ${step}`, window);
    for (const span of stepSpans(window, measured.graph)) complete(threads.parts, span.part, span);
    const request = measured.graph.requests.find(({ startMs }) => isWithin(startMs, window.call));
    if (window.call && request) addFlow(window.call.startMs - originMs, request.startMs - originMs, step, add);
  }
  for (const request of measured.graph.requests) complete(threads.requests, 'steps', request);
  for (const { worker, ...span } of measured.features)
    if (span.endMs > originMs && span.startMs < endMs)
      complete(workerThread(worker), 'features', { ...span, startMs: Math.max(span.startMs, originMs) });
  for (const { name, phase, ...span } of layerSpans(measured.calls))
    complete(threads.layers, name, span, { cat: phase });
  yield encoder.encode(`{"displayTimeUnit":"ms","traceEvents":[\n${lines.splice(0).join(',\n')}`);
  for (const { node, startMs, durationMs, onGpu } of longest(measured.calls)) {
    const { name, operator, layer, phase, provider, output, outputBytes } = node;
    const args = { layer, phase, operator, provider, output, outputBytes };
    const span = { startMs, endMs: startMs + durationMs };
    complete(onGpu ? threads.gpu : threads.nodes, name, span, { cat: phase, args });
    if (lines.length === 1000) yield encoder.encode(`,\n${lines.splice(0).join(',\n')}`);
  }
  yield encoder.encode(`${lines.map((line) => `,\n${line}`).join('')}\n]}\n`);
}

const workerThread = (worker: number) => ({ pid: engine, tid: 10 + worker });

function nameThreads({ features }: MeasuredSteps, add: (event: object) => void): void {
  const name = (kind: string, pid: number, tid: number, text: string) =>
    add({ ph: 'M', name: kind, pid, tid, args: { name: text } });
  name('process_name', engine, 0, 'engine');
  name('process_name', graphProcess, 0, 'graph process');
  for (const { pid, tid, name: text } of Object.values(threads)) name('thread_name', pid, tid, text);
  for (const worker of new Set(features.map((span) => span.worker)))
    name('thread_name', engine, workerThread(worker).tid, `features ${worker + 1}`);
}

/** An arrow from the engine's request to the process that handles it. */
function addFlow(fromMs: number, toMs: number, id: number, add: (event: object) => void): void {
  const flow = { name: 'request', cat: 'request', id };
  add({ ph: 's', ...flow, ts: microseconds(fromMs), pid: engine, tid: threads.parts.tid });
  add({ ph: 'f', bp: 'e', ...flow, ts: microseconds(toMs), pid: graphProcess, tid: threads.requests.tid });
}

const isWithin = (ms: number, span: TimeSpan | undefined) =>
  span !== undefined && ms >= span.startMs && ms <= span.endMs;

function longest(calls: readonly NodeCall[]): readonly NodeCall[] {
  if (calls.length <= mostCalls) return calls;
  const shortestMs = calls.map(({ durationMs }) => durationMs).sort((a, b) => b - a)[mostCalls]!;
  return calls.filter(({ durationMs }) => durationMs > shortestMs);
}

const microseconds = (ms: number) => Math.round(ms * 1e4) / 10;
