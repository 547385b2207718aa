import type { RunModel } from '../../../src/shared/run/runModel.ts';
import type { ChartLine, ChartPicture } from '../../ui/chartPicture.ts';
import { fill } from '../../ui/fill.ts';
import { seriesColor } from '../../ui/seriesColor.ts';
import { formatMemory, memoryUnit } from '../memoryUnit.ts';
import { elapsedSec, timeAxis } from '../resourceAxis.ts';
import type { GpuFigure, GpuSeries } from './deviceSeries.ts';
import { formatFigure } from './gpuTable.ts';
import type { DeviceStrings } from './strings.ts';

export type DeviceChart = GpuFigure | 'cpu' | 'ram';

interface Figure {
  label: string;
  values: readonly (number | null)[];
}

/** A picture for each chart; undefined where there is no value at all, since a chart would only take room. */
export function devicePictures(
  model: Pick<RunModel, 'resources' | 'startedMs'>,
  gpus: readonly GpuSeries[],
  theme: { light: boolean; muted: string },
  text: DeviceStrings,
): Record<DeviceChart, ChartPicture | undefined> {
  const x = elapsedSec(model);
  const draw = (figures: readonly Figure[], y: ChartPicture['y'], unit = 1): ChartPicture | undefined => {
    if (figures.every(({ values }) => values.every((value) => value === null))) return undefined;
    const lines = figures.map((figure, index) => lineOf(figure, index, theme.light, x, unit));
    return { x: timeAxis(text.time), y: { fromZero: true, ...y }, lines };
  };
  const ofGpus = (figure: GpuFigure): Figure[] =>
    gpus.map(({ index, values }) => ({ label: fill(text.nowRow, index), values: values[figure] }));
  const drawMemory = (figures: readonly Figure[], totalBytes: number): ChartPicture | undefined => {
    const unit = memoryUnit(totalBytes);
    const total = { y: totalBytes / unit.bytes, label: fill(text.all, formatMemory(totalBytes)), color: theme.muted };
    const picture = draw(figures, { format: unit.format, max: total.y }, unit.bytes);
    return picture && totalBytes > 0 ? { ...picture, levels: [total] } : picture;
  };
  const { resources } = model;
  const share: ChartPicture['y'] = { format: formatFigure.utilization, max: 100 };
  const cpu = [
    { label: text.run, values: resources.map(({ runCpuShare }) => 100 * runCpuShare) },
    { label: text.machine, values: resources.map(({ machineCpuShare }) => 100 * machineCpuShare) },
  ];
  const ram = [{ label: text.inUse, values: resources.map((point) => point.machineMemoryUsedBytes) }];
  return {
    utilization: draw(ofGpus('utilization'), share),
    memoryUsedBytes: drawMemory(ofGpus('memoryUsedBytes'), largestGpuBytes(gpus)),
    temperatureC: draw(ofGpus('temperatureC'), { format: formatFigure.temperatureC, fromZero: false }),
    powerW: draw(ofGpus('powerW'), { format: formatFigure.powerW }),
    cpu: draw(cpu, share),
    ram: drawMemory(ram, resources.at(-1)?.machineMemoryTotalBytes ?? 0),
  };
}

const largestGpuBytes = (gpus: readonly GpuSeries[]): number =>
  Math.max(0, ...gpus.map(({ latest }) => latest.memoryTotalBytes ?? 0));

/** Told apart by dashes as well as by colour. */
function lineOf({ label, values }: Figure, index: number, light: boolean, x: number[], unit: number): ChartLine {
  const y = values.map((value) => (value === null ? null : value / unit));
  const line = { label, color: seriesColor(index, light), x, y };
  const dash = [undefined, [6, 3], [2, 3], [8, 3, 2, 3]][index % 4];
  return dash ? { ...line, dash } : line;
}
