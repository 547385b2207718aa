import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProfileSummary } from '../../../src/shared/protocol/profilerProfile.ts';
import type { ProfileNode, ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import { layOutIcicle } from './icicle.ts';
import { hotSpotStrings } from './strings.ts';
import { layOutTimeline } from './timeline.ts';

const text = hotSpotStrings('en');
const recorded: unknown = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/fixtures/profiler/profile.json'), 'utf8'),
);
if (!isProfileSummary(recorded)) throw new Error('the recorded profile is not of the form that is shown');
const summary: ProfileSummary = recorded;

const node = (name: string, layer: string, totalMs: number, phase: ProfileNode['phase'] = 'forward'): ProfileNode => ({
  ...{ name, layer, totalMs, phase, operator: name.split('/').at(-1)!, provider: 'CPUExecutionProvider' },
  ...{ calls: 1, output: 'float32 [1]', outputBytes: 4 },
});
const small: ProfileSummary = {
  ...summary,
  nodesMs: 11,
  byPhase: [
    { name: 'backward', totalMs: 4, calls: 1, outputBytes: 4 },
    { name: 'forward', totalMs: 7, calls: 3, outputBytes: 12 },
  ],
  nodes: [
    node('encoder/rnn0/Gemm', 'encoder/rnn0', 3),
    node('encoder/rnn0/Add', 'encoder/rnn0', 1),
    node('encoder/conv0/Conv', 'encoder/conv0', 2),
    node('backward/encoder/rnn0/Gemm', 'encoder/rnn0', 4, 'backward'),
  ],
};

describe('the flame graph', () => {
  it('puts nodes under their layers under their phases, by time', () => {
    const chart = layOutIcicle(small, text);
    const rows = chart.rows.map((row) => row.map(({ name, start, end }) => `${name} ${start}–${end}`));
    expect(rows).toEqual([
      ['Forward 0–7', 'Backward 7–11'],
      ['encoder 0–6', 'shorter operators 6–7', 'encoder 7–11'],
      ['rnn0 0–4', 'conv0 4–6', 'rnn0 7–11'],
      ['Gemm 0–3', 'Add 3–4', 'Conv 4–6', 'Gemm 7–11'],
    ]);
    expect(chart.spanMs).toBe(11);
    expect(chart.rows[3]![3]!.node?.name).toBe('backward/encoder/rnn0/Gemm');
  });

  it('shows all the time that a recorded profile has, and each block within the one above it', () => {
    const chart = layOutIcicle(summary, text);
    expect(chart.spanMs).toBeCloseTo(summary.nodesMs, 1);
    chart.rows.slice(1).forEach((row, above) => {
      for (const block of row) {
        const inside = chart.rows[above]!.some(
          ({ start, end }) => start <= block.start + 1e-6 && end >= block.end - 1e-6,
        );
        expect(inside, block.name).toBe(true);
      }
    });
    expect(chart.rows.flat().filter((block) => block.node)).toHaveLength(summary.nodes.length);
  });
});

describe('the timeline', () => {
  it('leaves out what went to profiling, and names the lines', () => {
    const timeline = [
      { line: 'step', name: 'wait', startMs: 0, durationMs: 2 },
      { line: 'step', name: 'profiling', startMs: 2, durationMs: 100 },
      { line: 'step', name: 'graph', startMs: 102, durationMs: 5 },
      { line: 'node', name: 'encoder/rnn0/Gemm', startMs: 103, durationMs: 3, phase: 'forward' as const },
      { line: 'features 1', name: 'batch', startMs: 1, durationMs: 50 },
    ];
    const chart = layOutTimeline({ ...small, timeline }, text);
    expect(chart.rowNames).toEqual(['Step', 'Nodes', 'Features 1']);
    const rows = chart.rows.map((row) => row.map(({ name, start, end }) => `${name} ${start}–${end}`));
    expect(rows).toEqual([['Wait for data 0–2', 'Graph 2–7'], ['encoder/rnn0/Gemm 3–6'], ['batch 1–2']]);
    expect(chart.rows[1]![0]!.node?.operator).toBe('Gemm');
    expect(chart.spanMs).toBe(7);
  });

  it('has no overlaps where the times of a recording are rounded', () => {
    for (const row of layOutTimeline(summary, text).rows)
      for (let i = 1; i < row.length; i++) expect(row[i]!.start).toBeGreaterThanOrEqual(row[i - 1]!.end);
  });
});
