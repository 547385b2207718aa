import { describe, expect, it } from 'vitest';
import { chromeTrace } from './chromeTrace.ts';
import type { NodeCall } from './placeCalls.ts';
import { renderProfile } from './renderProfile.ts';
import { stepSpans } from './stepSpans.ts';
import { type MeasuredSteps, summarizeProfile } from './summarizeProfile.ts';

function call(name: string, startMs: number, durationMs: number, more: Partial<NodeCall> = {}): NodeCall {
  const [layer, operator] = name.split('/') as [string, string];
  const phase = layer === 'loss' ? 'loss' : 'forward';
  const provider = 'CPUExecutionProvider';
  const node = { name, operator, layer, phase, provider, output: 'float32 [2]', outputBytes: 8 } as const;
  return { node, startMs, durationMs, ownMs: durationMs, depth: 0, isLeaf: true, onGpu: false, ...more };
}

/** Two steps of 100 ms, the first of which opened its session: 500 ms more. */
const measured: MeasuredSteps = {
  device: 'cpu',
  startedMs: 5,
  windows: [
    { step: 3, steps: 1, startMs: 1000, call: { startMs: 1010, endMs: 1590 }, endMs: 1600 },
    { step: 4, steps: 1, startMs: 2000, call: { startMs: 2010, endMs: 2090 }, endMs: 2100 },
  ],
  graph: {
    requests: [
      { startMs: 1012, endMs: 1588 },
      { startMs: 2012, endMs: 2088 },
    ],
    extra: [
      { startMs: 1013, endMs: 1213 },
      { startMs: 1215, endMs: 1515 },
    ],
    traces: [
      {
        key: '8×248×40',
        filePrefix: '',
        runs: [
          { startMs: 1215, endMs: 1515 },
          { startMs: 1516, endMs: 1576 },
          { startMs: 2016, endMs: 2076 },
        ],
      },
    ],
    updatesOutside: true,
  },
  calls: [
    call('rnn/Scan', 1517, 30, { ownMs: 10, isLeaf: false }),
    call('rnn/MatMul', 1520, 20, { depth: 1 }),
    call('loss/Exp', 1550, 20),
    call('rnn/Scan', 2017, 30, { ownMs: 10, isLeaf: false }),
    call('rnn/MatMul', 2020, 20, { depth: 1 }),
    call('rnn/Tanh', 2042, 4, { depth: 1 }),
    call('loss/Exp', 2050, 20),
  ],
  features: [
    { worker: 0, startMs: 1990, endMs: 2030 },
    { worker: 0, startMs: 900, endMs: 990 },
  ],
};

describe('the summary of a profile', () => {
  const summary = summarizeProfile(measured);

  it('divides the time of the steps, without what profiling took', () => {
    expect(summary).toMatchObject({
      firstStep: 3,
      steps: 2,
      wallMs: 200,
      profilingMs: 500,
      nodesMs: 104,
      offDeviceMs: 0,
    });
    expect(summary.parts).toEqual([
      { name: 'wait', totalMs: 20 },
      { name: 'transfer', totalMs: 8 },
      { name: 'feed', totalMs: 8 },
      { name: 'graph', totalMs: 120 },
      { name: 'update', totalMs: 24 },
      { name: 'report', totalMs: 20 },
    ]);
    for (const window of measured.windows) {
      const spans = stepSpans(window, measured.graph);
      expect(spans[0]!.startMs).toBe(window.startMs);
      for (const [i, span] of spans.entries()) expect(span.endMs).toBe(spans[i + 1]?.startMs ?? window.endMs);
    }
  });

  it('adds nodes up by what they have in common, a loop without its body', () => {
    expect(summary.byPhase).toEqual([
      { name: 'forward', totalMs: 64, calls: 5, outputBytes: 40 },
      { name: 'loss', totalMs: 40, calls: 2, outputBytes: 16 },
    ]);
    expect(summary.byOperator.map(({ name, totalMs }) => [name, totalMs])).toEqual([
      ['MatMul', 40],
      ['Exp', 40],
      ['Scan', 20],
      ['Tanh', 4],
    ]);
    for (const rows of [summary.byOperator, summary.byLayer, summary.byPhase, summary.byProvider])
      expect(rows.reduce((sum, { totalMs }) => sum + totalMs, 0)).toBe(summary.nodesMs);
    expect(summarizeProfile({ ...measured, device: 'cuda' }).offDeviceMs).toBe(104);
  });

  it('shows a step that opened no session, on lines without overlaps', () => {
    const line = (name: string) => summary.timeline.filter((span) => span.line === name);
    expect(line('step')[0]).toEqual({ line: 'step', name: 'wait', startMs: 0, durationMs: 10 });
    expect(line('step').at(-1)).toMatchObject({ name: 'report', startMs: 90, durationMs: 10 });
    expect(line('layer')).toEqual([
      { line: 'layer', name: 'rnn', phase: 'forward', startMs: 20, durationMs: 26 },
      { line: 'layer', name: 'loss', phase: 'loss', startMs: 50, durationMs: 20 },
    ]);
    expect(line('body').map(({ name }) => name)).toEqual(['rnn/MatMul', 'rnn/Tanh']);
    expect(line('features 1')).toEqual([{ line: 'features 1', name: 'features', startMs: 0, durationMs: 30 }]);
  });

  it('counts a step whose recordings could not be read as waiting', () => {
    const windows = [{ step: 9, steps: 1, startMs: 3000, endMs: 3050 }];
    expect(summarizeProfile({ ...measured, windows, calls: [] }).parts[0]).toEqual({ name: 'wait', totalMs: 50 });
  });

  it('reads as tables', () => {
    const text = renderProfile(summary, 2);
    expect(text).toContain('steps 3 to 4 on cpu: 200 ms, of it 52.0 % in nodes of the graph');
    expect(text).toMatch(/waiting for data +20\.0 +10\.0 %/);
    expect(text).toMatch(/forward +64\.0 +61\.5 % +5 +40 B/);
    expect(text).toContain('… 2 more');
    expect(text).toContain('every node ran on cpu');
  });
});

it('gives Perfetto named threads, nested nodes, and arrows from the engine to the graph', () => {
  const pieces = [...chromeTrace(measured)];
  const { traceEvents } = JSON.parse(Buffer.concat(pieces).toString()) as {
    traceEvents: { ph: string; name: string; pid: number; tid: number; ts: number; dur: number; args?: object }[];
  };
  const named = traceEvents.filter(({ ph, name }) => ph === 'M' && name === 'thread_name');
  const spans = traceEvents.filter(({ ph }) => ph === 'X');
  for (const { pid, tid, ts, dur } of spans) {
    expect(named.some((thread) => thread.pid === pid && thread.tid === tid)).toBe(true);
    expect(ts >= 0 && dur > 0).toBe(true);
  }
  const scan = spans.find(({ name }) => name === 'rnn/Scan')!;
  expect(scan).toMatchObject({
    ts: 517_000,
    dur: 30_000,
    args: { layer: 'rnn', operator: 'Scan', output: 'float32 [2]' },
  });
  for (const arrow of traceEvents.filter(({ ph }) => ph === 's' || ph === 'f'))
    expect(
      spans.some(
        ({ pid, tid, ts, dur }) => pid === arrow.pid && tid === arrow.tid && ts <= arrow.ts && arrow.ts <= ts + dur,
      ),
    ).toBe(true);
  expect(spans.filter(({ name }) => name === 'features')).toHaveLength(1);
});
