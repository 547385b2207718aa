import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTraceReader } from './ortTrace.ts';
import { placeCalls } from './placeCalls.ts';

const readText = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../../test/fixtures/ortProfile/${name}.json`), 'utf8');

function read(text: string) {
  const { line, trace } = createTraceReader();
  for (const each of text.split('\n')) line(each);
  return trace;
}

/** When three runs were, by a clock that began a minute earlier. */
const runsOf = (trace: ReturnType<typeof read>) =>
  trace.runs.map(({ startUs, durationUs }) => {
    const startMs = 60_000 + startUs / 1000;
    return { startMs, endMs: startMs + durationUs / 1000 };
  });

describe('a profile of ONNX Runtime', () => {
  it('tells nodes, shapes, bytes, providers and runs', () => {
    const trace = read(readText('cpu'));
    expect(trace.runs).toHaveLength(3);
    expect(trace.nodes.find(({ name }) => name === 'output/Gemm')).toEqual({
      name: 'output/Gemm',
      operator: 'Gemm',
      provider: 'CPUExecutionProvider',
      output: 'float32 [8, 6]',
      outputBytes: 192,
    });
    const calls = trace.calls.filter(({ node }) => trace.nodes[node]!.name === 'rnn.0/MatMul');
    // Four frames in each run.
    expect(calls).toHaveLength(12);
  });

  it('leaves out the first run, and gives a loop what its body leaves', () => {
    const trace = read(readText('cpu'));
    const runs = runsOf(trace);
    const calls = placeCalls(trace, runs);
    const scans = calls.filter(({ node }) => node.name === 'rnn.0/Scan');
    expect(scans).toHaveLength(2);
    const [scan] = scans as [(typeof scans)[number]];
    expect(scan).toMatchObject({ depth: 0, isLeaf: false, onGpu: false });
    const inside = calls.filter(({ startMs, depth }) => depth === 1 && startMs < scan.startMs + scan.durationMs);
    expect(inside.map(({ node }) => node.layer)).toEqual(inside.map(() => 'rnn.0'));
    expect(inside).toHaveLength(20);
    const insideMs = inside.reduce((sum, { durationMs }) => sum + durationMs, 0);
    expect(scan.ownMs).toBeCloseTo(scan.durationMs - insideMs, 6);
    for (const { startMs, durationMs } of calls) {
      const run = runs.slice(1).find((each) => startMs >= each.startMs && startMs < each.endMs);
      expect(run && startMs + durationMs <= run.endMs).toBe(true);
    }
  });

  it('takes the time of nodes on a GPU from its programs', () => {
    const trace = read(readText('webgpu'));
    const calls = placeCalls(trace, runsOf(trace));
    const softmax = calls.filter(({ node }) => node.name === 'layers.0/attention/Softmax');
    expect(softmax.map(({ onGpu }) => onGpu)).toEqual([false, false, true, true]);
    expect(softmax.slice(0, 2).map(({ ownMs }) => ownMs)).toEqual([0, 0]);
    expect(softmax.every(({ onGpu, ownMs, durationMs }) => !onGpu || ownMs === durationMs)).toBe(true);
    const onCpu = calls.filter(({ node }) => node.provider === 'CPUExecutionProvider');
    expect(onCpu.length).toBeGreaterThan(0);
    expect(onCpu.every(({ node, ownMs }) => node.layer === 'loss' && ownMs > 0)).toBe(true);
  });

  it('reads what a full disk or a crash left of it', () => {
    const text = readText('cpu');
    const torn = read(text.slice(0, text.length / 2));
    expect(torn.calls.length).toBeGreaterThan(40);
    const hostile = [
      'null',
      '[]',
      '{"cat":"Node"}',
      '{"cat":"Node","name":"a_kernel_time","ts":"1","dur":2}',
      '{"cat":1}',
    ];
    const odd = '{"cat":"Node","name":"a/B_kernel_time","ts":1,"dur":2,"args":{"output_type_shape":[{"float":7}]}}';
    const trace = read([...hostile, odd].join('\n'));
    expect(trace.nodes).toEqual([{ name: 'a/B', operator: '', provider: '', output: '', outputBytes: 0 }]);
  });
});
