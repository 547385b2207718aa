import type { MemoryCategory } from '../../../src/shared/run/events.ts';
import { formatBytes, formatTime } from '../../ui/axisText.ts';
import { createChart } from '../../ui/chart.ts';
import type { ChartLevel, ChartLine, ChartMark, ChartPicture } from '../../ui/chartPicture.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import { seriesColor } from '../../ui/seriesColors.ts';
import { onThemeChange, readTheme, type Theme } from '../../ui/theme.ts';
import { elapsedSec, resourcesVersion } from '../resourceAxis.ts';
import type { PanelContext, Section, ShownRun } from '../section.ts';
import { type LeakStretch, leakStretches, residentBytes, stackMemory } from './memoryStack.ts';
import { type MemoryStrings, memoryStrings } from './strings.ts';

/** What the run in focus holds of the machine's memory, by what holds it, and where that leaks. */
export function createMemorySection(_context: PanelContext): Section {
  const text = memoryStrings(document.documentElement.lang);
  const facts = element('div', { class: 'resource-facts' });
  const leaks = element('div', { role: 'status' });
  const chartText = { noData: text.noData, table: text.numbers, omittedRows: text.omittedRows };
  const chart = createChart({
    title: text.chart,
    help: text.help,
    text: chartText,
    heightPx: 220,
    syncKey: 'resources',
  });
  let shown = '';
  let run: ShownRun | undefined;
  const paint = () => {
    if (!run) return;
    const stretches = leakStretches(run.model.guards, run.model.resources);
    facts.replaceChildren(...factLines(run, text).map((line) => element('p', { text: line })));
    leaks.replaceChildren(...leakLines(stretches, run, text));
    chart.element.hidden = run.model.resources.length === 0;
    chart.show(pictureOf(run, stretches, text));
  };
  const stopTheme = onThemeChange(paint);
  return {
    id: 'memory',
    title: text.title,
    element: element('div', { class: 'resources' }, facts, leaks, chart.element),
    update([focus]) {
      run = focus;
      if (!run || resourcesVersion(run) === shown) return;
      shown = resourcesVersion(run);
      paint();
    },
    dispose() {
      stopTheme();
      chart.dispose();
    },
  };
}

function factLines({ model, active }: ShownRun, text: MemoryStrings): string[] {
  const last = model.resources.at(-1);
  if (!last) return [active ? text.none : text.noneEver];
  const most = Math.max(...model.resources.map(residentBytes));
  const machine = [last.machineMemoryUsedBytes, last.machineMemoryTotalBytes];
  const lines = [fill(text.facts, ...[residentBytes(last), most, ...machine].map(formatBytes))];
  const forecast = model.started?.peakMemoryBytes;
  const reached = Math.max(...model.resources.map(({ graphRssBytes = 0 }) => graphRssBytes));
  if (forecast !== undefined) lines.push(fill(text.forecastFact, formatBytes(forecast), formatBytes(reached)));
  return lines;
}

function leakLines(stretches: readonly LeakStretch[], { model }: ShownRun, text: MemoryStrings): HTMLElement[] {
  if (model.resources.length === 0) return [];
  if (stretches.length === 0) return [element('p', { class: 'quiet', text: text.noLeak })];
  return stretches.map((stretch) => {
    const icon = element('span', { class: 'leak-icon' });
    icon.append(createIcon('warning'));
    const { message, remedy } = stretch.guard;
    const words = [
      element('strong', { text: leakText(stretch, text) }),
      element('span', { text: `${message} ${remedy}` }),
    ];
    return element('div', { class: 'leak' }, icon, element('div', {}, ...words));
  });
}

const leakText = ({ category, bytesPerStep, firstStep, lastStep }: LeakStretch, text: MemoryStrings): string =>
  fill(text.leak, text.categories[category], formatBytes(Math.round(bytesPerStep)), firstStep, lastStep);

function pictureOf({ model }: ShownRun, stretches: readonly LeakStretch[], text: MemoryStrings): ChartPicture {
  const theme = readTheme();
  const x = elapsedSec(model);
  const stack = stackMemory(model.resources);
  const lines: ChartLine[] = stack.map(({ category, values, tops }, index) => ({
    label: text.categories[category],
    color: categoryColor(category, theme),
    x,
    y: tops,
    values,
    widthPx: 1,
    fillTo: index + 1 < stack.length ? index + 1 : 'zero',
  }));
  const resident = model.resources.map(residentBytes);
  lines.push({ label: text.resident, color: theme.foreground, x, y: resident, dash: [5, 3] });
  const top = Math.max(0, ...resident, ...(stack[0]?.tops ?? []));
  const marks: ChartMark[] = [];
  for (const stretch of stretches) {
    if (!stretch.samples) continue;
    const { first, last } = stretch.samples;
    const [from, to] = [x[first]!, x[last]!];
    const label = fill(text.leakRange, text.categories[stretch.category]);
    lines.push({ label, color: warningColor(theme), x: [from, to], y: [top, top], fillTo: 'zero', quiet: true });
    marks.push({ x: from, label: leakText(stretch, text), color: warningColor(theme), symbol: 'triangle' });
  }
  return {
    x: { label: text.time, format: (sec) => formatTime(sec, 0) },
    y: { format: (bytes) => formatBytes(Math.round(bytes)), fromZero: true },
    lines,
    marks,
    levels: levelsOf(model, theme, text),
  };
}

function levelsOf({ started, resources }: ShownRun['model'], theme: Theme, text: MemoryStrings): ChartLevel[] {
  const levels: ChartLevel[] = [];
  const forecast = started?.peakMemoryBytes;
  const machine = resources.at(-1)?.machineMemoryTotalBytes;
  if (forecast !== undefined)
    levels.push({ y: forecast, label: fill(text.forecast, formatBytes(forecast)), color: theme.muted });
  if (machine !== undefined)
    levels.push({ y: machine, label: fill(text.machine, formatBytes(machine)), color: warningColor(theme) });
  return levels;
}

/** A hue for each process; its parts are told apart by lightness. */
function categoryColor(category: MemoryCategory, theme: Theme): string {
  const hue = seriesColor(category.startsWith('engine') ? 0 : 1, theme);
  const share = category.endsWith('Heap') ? 100 : category.endsWith('External') ? 75 : 50;
  return `color-mix(in srgb, ${hue} ${share}%, ${theme.light ? '#000000' : theme.foreground})`;
}

const warningColor = (theme: Theme): string => seriesColor(5, theme);
