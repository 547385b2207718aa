import { describe, expect, it } from 'vitest';
import type { ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import { filterRows, type HotSpotRow, placements, rowsBy, sortRows } from './profileRows.ts';
import { formatMs, formatShare, tickStepMs } from './profileText.ts';

const row = (name: string, totalMs: number) => ({ name, totalMs, calls: 2, outputBytes: 8 });
const node = (name: string, provider: string, totalMs: number) => ({
  ...{ name, operator: name.split('/')[1]!, layer: 'rnn', phase: 'forward' as const, provider, totalMs },
  ...{ calls: 2, output: 'float32 [2]', outputBytes: 8 },
});
const summary: ProfileSummary = {
  ...{ version: 1, device: 'cuda', firstStep: 1, steps: 5, startedMs: 0, shapes: [], wallMs: 20, nodesMs: 10 },
  ...{ offDeviceMs: 3, profilingMs: 0, parts: [], byLayer: [], byPhase: [row('forward', 10), row('update', 6)] },
  byOperator: [row('Gemm', 7), row('Add', 3)],
  byProvider: [row('CPUExecutionProvider', 3), row('CUDAExecutionProvider', 7)],
  nodes: [
    node('rnn/Gemm', 'CUDAExecutionProvider', 7),
    node('rnn/Add', 'CPUExecutionProvider', 1),
    node('rnn/Loop', 'CPUExecutionProvider', 2),
  ],
  timeline: [
    { line: 'step', name: 'wait', startMs: 5, durationMs: 1 },
    { line: 'step', name: 'graph', startMs: 6, durationMs: 3 },
  ],
};

describe('rows of a profile', () => {
  it('have shares of the whole that they are part of', () => {
    expect(rowsBy(summary, 'operator').map(({ share }) => share)).toEqual([0.7, 0.3]);
    expect(rowsBy(summary, 'phase').map(({ share }) => share)).toEqual([10 / 16, 6 / 16]);
    expect(rowsBy(summary, 'node')[0]).toMatchObject({ about: 'Gemm · forward · CUDA', share: 0.7 });
    expect(rowsBy(summary, 'timeline')).toEqual([
      { name: 'wait', about: 'step', totalMs: 1, share: 0.25, startMs: 0 },
      { name: 'graph', about: 'step', totalMs: 3, share: 0.75, startMs: 1 },
    ]);
    expect(rowsBy({ ...summary, nodesMs: 0, byOperator: [row('Add', 0)] }, 'operator')[0]!.share).toBe(0);
  });

  it('are sorted by figures and by names with numbers in them', () => {
    const rows: HotSpotRow[] = [
      { name: 'conv10', totalMs: 1, share: 0, calls: 3 },
      { name: 'conv9', totalMs: 2, share: 0 },
      { name: 'conv2', totalMs: 3, share: 0, calls: 1 },
    ];
    const names = (key: 'name' | 'totalMs' | 'calls', descending: boolean) =>
      sortRows(rows, { key, descending }).map(({ name }) => name);
    expect(names('name', false)).toEqual(['conv2', 'conv9', 'conv10']);
    expect(names('totalMs', true)).toEqual(['conv2', 'conv9', 'conv10']);
    expect(names('calls', true)).toEqual(['conv10', 'conv2', 'conv9']);
    expect(names('calls', false)).toEqual(['conv2', 'conv10', 'conv9']);
  });

  it('are filtered by name and by what is told beside it', () => {
    expect(filterRows(rowsBy(summary, 'node'), 'cpu').map(({ name }) => name)).toEqual(['rnn/Add', 'rnn/Loop']);
    expect(filterRows(rowsBy(summary, 'node'), ' GEMM ')).toHaveLength(1);
    expect(filterRows(rowsBy(summary, 'node'), '')).toHaveLength(3);
  });

  it('tell which provider ran what, the chosen device first', () => {
    expect(placements(summary)).toEqual([
      { provider: 'CUDA', totalMs: 7, share: 0.7, onDevice: true, operators: ['Gemm'] },
      { provider: 'CPU', totalMs: 3, share: 0.3, onDevice: false, operators: ['Loop', 'Add'] },
    ]);
    const webgpu = {
      ...summary,
      device: 'webgpu',
      byProvider: [row('JsExecutionProvider', 1), row('WebGpuExecutionProvider', 9)],
    };
    expect(placements(webgpu)[0]).toMatchObject({ provider: 'WebGpu', onDevice: true });
  });
});

describe('figures of a profile', () => {
  it('have the digits that tell neighbours apart', () => {
    expect([0, 0.0042, 0.042, 1.234, 12.34, 123.4, 1234, 23_456].map(formatMs)).toEqual([
      '0 ms',
      '4.2 µs',
      '42 µs',
      '1.23 ms',
      '12.3 ms',
      '123 ms',
      '1.23 s',
      '23.5 s',
    ]);
    expect([0, 0.0004, 0.05, 0.5].map(formatShare)).toEqual(['0.0 %', '< 0.1 %', '5.0 %', '50 %']);
  });

  it('stand at round places of an axis', () => {
    expect(tickStepMs(100, 1000, 80)).toBe(10);
    expect(tickStepMs(100, 100, 80)).toBe(100);
    expect(tickStepMs(0.01, 1000, 80)).toBeCloseTo(0.001);
  });
});
