import type { RunModel } from '../../../src/shared/run/runModel.ts';
import { formatBytes, formatTime } from '../../ui/axisText.ts';
import { type Chart, createChart } from '../../ui/chart.ts';
import type { ChartLine, ChartPicture } from '../../ui/chartPicture.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { seriesColor } from '../../ui/seriesColors.ts';
import { onThemeChange, readTheme, type Theme } from '../../ui/theme.ts';
import { elapsedSec, resourcesVersion } from '../resourceAxis.ts';
import type { PanelContext, Section, ShownRun } from '../section.ts';
import { type GpuFigure, type GpuSeries, gpuSeries, hasFigure } from './deviceSeries.ts';
import { formatFigure, gpuTable } from './gpuTable.ts';
import { type DeviceStrings, deviceStrings } from './strings.ts';

type ChartId = GpuFigure | 'cpu' | 'ram';

/** What the GPUs, the processor and the memory of the machine do; of the run in focus. */
export function createDevicesSection(_context: PanelContext): Section {
  const text = deviceStrings(document.documentElement.lang);
  const facts = element('div', { class: 'resource-facts' });
  const now = element('div', { class: 'gpu-now' });
  const charts = createCharts(text);
  const grid = element('div', { class: 'resource-grid' }, ...Object.values(charts).map((chart) => chart.element));
  let shown = '';
  let run: ShownRun | undefined;
  const paint = () => {
    if (!run) return;
    const gpus = gpuSeries(run.model.resources);
    facts.replaceChildren(...factLines(run, gpus, text).map((line) => element('p', { text: line })));
    now.replaceChildren(...(gpus.length > 0 ? [gpuTable(gpus, text)] : []));
    grid.hidden = run.model.resources.length === 0;
    const pictures = picturesOf(run.model, gpus, text);
    for (const id of Object.keys(charts) as ChartId[]) {
      charts[id].element.hidden = pictures[id] === undefined;
      if (pictures[id]) charts[id].show(pictures[id]);
    }
  };
  const stopTheme = onThemeChange(paint);
  return {
    id: 'devices',
    title: text.title,
    element: element('div', { class: 'resources' }, facts, now, grid),
    update([focus]) {
      run = focus;
      if (!run || resourcesVersion(run) === shown) return;
      shown = resourcesVersion(run);
      paint();
    },
    dispose() {
      stopTheme();
      for (const chart of Object.values(charts)) chart.dispose();
    },
  };
}

function createCharts({ charts, help, cpu, ram, noData, numbers, omittedRows }: DeviceStrings): Record<ChartId, Chart> {
  const chartText = { noData, table: numbers, omittedRows };
  const make = (title: string, words: string) =>
    createChart({ title, help: words, text: chartText, heightPx: 120, syncKey: 'resources' });
  return {
    utilization: make(charts.utilization, help.utilization),
    memoryUsedBytes: make(charts.memoryUsedBytes, help.memoryUsedBytes),
    temperatureC: make(charts.temperatureC, help.temperatureC),
    powerW: make(charts.powerW, help.powerW),
    cpu: make(cpu, help.cpu),
    ram: make(ram, help.memory),
  };
}

function factLines({ model, active }: ShownRun, gpus: readonly GpuSeries[], text: DeviceStrings): string[] {
  const { started, resources } = model;
  const lines: string[] = [];
  if (started) {
    const { device, threads, deviceReason } = started;
    const sentence = fill(threads === 1 ? text.trainsOn.one : text.trainsOn.many, device, threads);
    lines.push([sentence, deviceReason].filter(Boolean).join(' '));
  }
  if (resources.length === 0) lines.push(active ? text.none : text.noneEver);
  else if (gpus.length === 0) lines.push(fill(text.absent, resources.at(-1)!.gpuAbsence ?? text.noGpu));
  return lines;
}

function picturesOf(
  model: RunModel,
  gpus: readonly GpuSeries[],
  text: DeviceStrings,
): Record<ChartId, ChartPicture | undefined> {
  const theme = readTheme();
  const x = elapsedSec(model);
  const { resources } = model;
  const axis = { label: text.time, format: (sec: number) => formatTime(sec, 0) };
  const ofGpus = (figure: GpuFigure): ChartPicture | undefined =>
    hasFigure(gpus, figure)
      ? {
          x: axis,
          y: { format: formatFigure[figure], fromZero: figure !== 'temperatureC' },
          lines: gpus.map(({ index, values }, i) => lineOf(fill(text.nowRow, index), i, theme, x, values[figure])),
        }
      : undefined;
  const percent = (share: number) => 100 * share;
  const [run, machine] = [
    resources.map((point) => percent(point.runCpuShare)),
    resources.map((point) => percent(point.machineCpuShare)),
  ];
  const used = resources.map((point) => point.machineMemoryUsedBytes);
  const total = resources.at(-1)?.machineMemoryTotalBytes;
  return {
    utilization: ofGpus('utilization'),
    memoryUsedBytes: ofGpus('memoryUsedBytes'),
    temperatureC: ofGpus('temperatureC'),
    powerW: ofGpus('powerW'),
    cpu: {
      x: axis,
      y: { format: formatFigure.utilization, fromZero: true },
      lines: [lineOf(text.run, 0, theme, x, run), lineOf(text.machine, 1, theme, x, machine)],
    },
    ram: {
      x: axis,
      y: { format: formatFigure.memoryUsedBytes, fromZero: true },
      lines: [lineOf(text.inUse, 0, theme, x, used)],
      levels: total === undefined ? [] : [{ y: total, label: fill(text.all, formatBytes(total)), color: theme.muted }],
    },
  };
}

/** Lines are told apart by their dashes too. */
function lineOf(label: string, index: number, theme: Theme, x: number[], y: (number | null)[]): ChartLine {
  const line = { label, color: seriesColor(index, theme), x, y };
  return index === 0
    ? line
    : {
        ...line,
        dash: [
          [6, 3],
          [2, 3],
          [8, 3, 2, 3],
        ][(index - 1) % 3]!,
      };
}
