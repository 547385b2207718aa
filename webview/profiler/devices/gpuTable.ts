import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { formatMemory } from '../memoryUnit.ts';
import type { GpuFigure, GpuSeries } from './deviceSeries.ts';
import type { DeviceStrings } from './strings.ts';

export const formatFigure: Record<GpuFigure, (value: number) => string> = {
  utilization: (percent) => `${Math.round(percent)} %`,
  memoryUsedBytes: (bytes) => formatMemory(bytes),
  temperatureC: (celsius) => `${Math.round(celsius)} °C`,
  powerW: (watts) => `${Number(watts.toFixed(watts < 10 ? 1 : 0))} W`,
};

const figures: readonly GpuFigure[] = ['utilization', 'memoryUsedBytes', 'temperatureC', 'powerW'];

/** What each GPU does now; a figure that the driver does not know is a dash. */
export function gpuTable(gpus: readonly GpuSeries[], text: DeviceStrings): HTMLElement {
  const head = [text.name, ...figures.map((figure) => text.figures[figure])];
  const header = element(
    'tr',
    {},
    ...head.map((title) => element('th', { text: title, attributes: { scope: 'col' } })),
  );
  const rows = gpus.map(({ index, name, latest }) => {
    const title = element('th', { attributes: { scope: 'row' } }, element('span', { text: fill(text.nowRow, index) }));
    title.append(element('span', { class: 'gpu-name quiet', text: name, title: name }));
    return element('tr', {}, title, ...figures.map((figure) => figureCell(latest, figure, text)));
  });
  return element(
    'table',
    { class: 'gpu-table', label: text.now },
    element('thead', {}, header),
    element('tbody', {}, ...rows),
  );
}

function figureCell(gpu: GpuSeries['latest'], figure: GpuFigure, text: DeviceStrings): HTMLElement {
  const value = gpu[figure];
  if (value === undefined) return element('td', { text: '–' });
  const { memoryTotalBytes } = gpu;
  const whole = figure === 'utilization' ? 100 : figure === 'memoryUsedBytes' ? memoryTotalBytes : undefined;
  const said = unbroken(formatFigure[figure](value));
  const words = figure === 'memoryUsedBytes' && whole ? fill(text.of, said, unbroken(formatMemory(whole))) : said;
  const cell = element('td', {}, element('span', { text: words }));
  if (whole) {
    const bar = element('span', { class: 'share-bar', attributes: { 'aria-hidden': 'true' } });
    bar.style.setProperty('--share', String(Math.min(1, value / whole)));
    cell.append(bar);
  }
  return cell;
}

/** A figure stays with its unit in a narrow cell. */
const unbroken = (text: string): string => text.replaceAll(' ', '\u00a0');
