import { type Chart, type ChartText, createChart } from '../../ui/chart.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { onThemeChange, readTheme } from '../../ui/theme.ts';
import { resourcesVersion } from '../resourceAxis.ts';
import type { PanelContext, Section, ShownRun } from '../section.ts';
import { type DeviceChart, devicePictures } from './devicePictures.ts';
import { type GpuSeries, gpuSeries } from './deviceSeries.ts';
import { gpuTable } from './gpuTable.ts';
import { type DeviceStrings, deviceStrings } from './strings.ts';

/** What the GPUs, the processor and the memory of the machine do; of the run in focus. */
export function createDevices(context: PanelContext): Section {
  const text = deviceStrings(document.documentElement.lang);
  const facts = element('div', { class: 'resource-facts' });
  const now = element('div', { class: 'gpu-now' });
  const charts = createCharts(text, context.text);
  const grid = element('div', { class: 'charts' }, ...Object.values(charts).map((chart) => chart.element));
  let shown = '';
  let run: ShownRun | undefined;
  const paint = () => {
    if (!run) return;
    const gpus = gpuSeries(run.model.resources);
    facts.replaceChildren(...factLines(run, gpus, text).map((line) => element('p', { text: line })));
    now.replaceChildren(...(gpus.length > 0 ? [gpuTable(gpus, text)] : []));
    grid.hidden = run.model.resources.length === 0;
    const pictures = devicePictures(run.model, gpus, readTheme(), text);
    for (const id of Object.keys(charts) as DeviceChart[]) {
      charts[id].element.hidden = pictures[id] === undefined;
      if (pictures[id]) charts[id].show(pictures[id]);
    }
  };
  const stopTheme = onThemeChange(paint);
  return {
    id: 'devices',
    title: text.title,
    element: element('div', { class: 'section resources' }, facts, now, grid),
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

function createCharts({ charts, help, cpu, ram }: DeviceStrings, text: ChartText): Record<DeviceChart, Chart> {
  const make = (title: string, words: string) =>
    createChart({ title, help: words, text, heightPx: 140, syncKey: 'resources' });
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
    lines.push(deviceReason ? fill(text.because, sentence, deviceReason) : sentence);
  }
  if (resources.length === 0) lines.push(active ? text.none : text.noneEver);
  else if (gpus.length === 0) lines.push(fill(text.absent, resources.at(-1)!.gpuAbsence ?? text.noGpu));
  return lines;
}
