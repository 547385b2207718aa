import type { GpuSample } from '../../../src/shared/run/events.ts';
import type { ResourcePoint } from '../../../src/shared/run/resourceSeries.ts';

export type GpuFigure = 'utilization' | 'memoryUsedBytes' | 'temperatureC' | 'powerW';

export interface GpuSeries {
  index: number;
  name: string;
  /** The latest sample that had the GPU. */
  latest: GpuSample;
  /** One value for each sample of the run; null where the driver did not say. */
  values: Record<GpuFigure, (number | null)[]>;
}

/** The GPUs that any sample had, by their index. */
export function gpuSeries(points: readonly ResourcePoint[]): GpuSeries[] {
  const latest = new Map<number, GpuSample>();
  for (const { gpus } of points) for (const gpu of gpus) latest.set(gpu.index, gpu);
  return [...latest.values()]
    .sort((a, b) => a.index - b.index)
    .map((gpu) => {
      const samples = points.map(({ gpus }) => gpus.find(({ index }) => index === gpu.index));
      const read = (figure: GpuFigure) => samples.map((sample) => sample?.[figure] ?? null);
      const values = {
        utilization: read('utilization'),
        memoryUsedBytes: read('memoryUsedBytes'),
        temperatureC: read('temperatureC'),
        powerW: read('powerW'),
      };
      return { index: gpu.index, name: gpu.name, latest: gpu, values };
    });
}
