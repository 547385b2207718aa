import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseEventLines } from '../../../src/shared/run/eventLines.ts';
import { createRunModel, reduceAll } from '../../../src/shared/run/runModel.ts';
import { formatMemory, memoryUnit } from '../memoryUnit.ts';
import { elapsedSec } from '../resourceAxis.ts';
import { devicePictures } from './devicePictures.ts';
import { gpuSeries } from './deviceSeries.ts';
import { deviceStrings } from './strings.ts';

const text = deviceStrings('en');
const theme = { light: false, muted: '#888888' };
const modelOf = (name: string) => {
  const file = join(import.meta.dirname, '../../../test/fixtures/profiler', name);
  return reduceAll(createRunModel(), parseEventLines(readFileSync(file, 'utf8')).events);
};

describe('pictures of the devices', () => {
  it('show every figure that the driver of any GPU knows', () => {
    const model = modelOf('twoGpus.jsonl');
    const gpus = gpuSeries(model.resources);
    expect(gpus.map(({ name }) => name)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3']);
    // The driver of the second GPU knows no power.
    expect(gpus[1]!.values.powerW.every((value) => value === null)).toBe(true);
    const pictures = devicePictures(model, gpus, theme, text);
    expect(pictures.powerW!.lines.map(({ label }) => label)).toEqual(['GPU 0', 'GPU 1']);
    expect(pictures.utilization!.y.max).toBe(100);
    expect(pictures.memoryUsedBytes!.lines[0]!.y[1]).toBeCloseTo(gpus[0]!.values.memoryUsedBytes[1]! / 2 ** 30);
    expect(pictures.memoryUsedBytes!.levels![0]!.label).toBe('79.6 GiB in all');
  });

  it('leave out the charts of GPUs where there are none', () => {
    const model = modelOf('cpu.jsonl');
    const pictures = devicePictures(model, gpuSeries(model.resources), theme, text);
    const shown = Object.entries(pictures).filter(([, picture]) => picture !== undefined);
    expect(shown.map(([chart]) => chart)).toEqual(['cpu', 'ram']);
    expect(pictures.cpu!.lines[0]!.y).toEqual(model.resources.map(({ runCpuShare }) => 100 * runCpuShare));
  });

  it('keep a GPU that a sample lacks', () => {
    const { resources } = modelOf('twoGpus.jsonl');
    const cut = [resources[0]!, { ...resources[1]!, gpus: resources[1]!.gpus.slice(1) }, resources[2]!];
    expect(gpuSeries(cut)[0]!.values.utilization[1]).toBeNull();
    expect(gpuSeries(cut)).toHaveLength(2);
  });
});

describe('axes of resources', () => {
  it('go forward also where the clock was set back', () => {
    const { resources } = modelOf('cpu.jsonl');
    const jumped = resources.slice(0, 4).map((point, i) => ({ ...point, timeMs: [1000, 6000, 2000, 9000][i]! }));
    const seconds = elapsedSec({ resources: jumped, startedMs: 0 });
    expect(seconds).toEqual([1, 6, 6.001, 9]);
  });

  it('have memory in the units of its tools', () => {
    expect(memoryUnit(3 * 2 ** 30).format(1250)).toBe('1250 MiB');
    expect(memoryUnit(2 ** 34).format(2.5)).toBe('2.5 GiB');
    expect([0, 900, 2 ** 20, 1.5 * 2 ** 30, 20 * 2 ** 30].map(formatMemory)).toEqual([
      ...['0 B', '900 B', '1.0 MiB', '1.50 GiB', '20.0 GiB'],
    ]);
  });
});
