import type { MemoryCategory } from '../../../src/shared/run/events.ts';
import { createChart } from '../../ui/chart.ts';
import type { ChartLevel, ChartLine, ChartPicture } from '../../ui/chartPicture.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createIcon } from '../../ui/icons.ts';
import { seriesColor } from '../../ui/seriesColor.ts';
import { onThemeChange, readTheme, type Theme } from '../../ui/theme.ts';
import { formatMemory, memoryUnit } from '../memoryUnit.ts';
import { elapsedSec, resourcesVersion, timeAxis } from '../resourceAxis.ts';
import type { PanelContext, Section, ShownRun } from '../section.ts';
import { type LeakStretch, leakStretches, residentBytes, type StackLayer, stackMemory } from './memoryStack.ts';
import { type MemoryStrings, memoryStrings } from './strings.ts';

/** What the run in focus holds of the machine's memory, by what holds it, and where that leaks. */
export function createMemory(context: PanelContext): Section {
  const text = memoryStrings(document.documentElement.lang);
  const facts = element('div', { class: 'resource-facts' });
  const leaks = element('div', { role: 'status' });
  const chart = createChart({
    title: text.chart,
    help: text.help,
    text: context.text,
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
    element: element('div', { class: 'section resources' }, facts, leaks, chart.element),
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
  const lines = [fill(text.facts, ...[residentBytes(last), most, ...machine].map(formatMemory))];
  const forecast = model.started?.peakMemoryBytes;
  const reached = Math.max(...model.resources.map(({ graphRssBytes = 0 }) => graphRssBytes));
  if (forecast !== undefined) lines.push(fill(text.forecastFact, formatMemory(forecast), formatMemory(reached)));
  return lines;
}

function leakLines(stretches: readonly LeakStretch[], { model }: ShownRun, text: MemoryStrings): HTMLElement[] {
  if (model.resources.length === 0) return [];
  if (stretches.length === 0) return [element('div', { class: 'quiet', text: text.noLeak })];
  return stretches.map((stretch) => {
    const icon = element('span', { class: 'leak-icon' });
    icon.append(createIcon('warning'));
    const { message, remedy } = stretch.guard;
    const words = [
      element('strong', { text: leakText(stretch, text) }),
      element('span', { text: `${message}; ${remedy}` }),
    ];
    return element('div', { class: 'leak' }, icon, element('div', {}, ...words));
  });
}

const leakText = ({ category, bytesPerStep, firstStep, lastStep }: LeakStretch, text: MemoryStrings): string =>
  fill(text.leak, text.categories[category], formatMemory(bytesPerStep), firstStep, lastStep);

function pictureOf({ model }: ShownRun, stretches: readonly LeakStretch[], text: MemoryStrings): ChartPicture {
  const theme = readTheme();
  const warning = seriesColor(3, theme.light);
  const x = elapsedSec(model);
  const resident = model.resources.map(residentBytes);
  const unit = memoryUnit(Math.max(...resident));
  const inUnits = (bytes: readonly number[]) => bytes.map((value) => value / unit.bytes);
  const seen = stretches.filter(({ samples }) => samples !== undefined);
  const rangeOf = ({ samples }: LeakStretch) => ({ min: x[samples!.first]!, max: x[samples!.last]! });
  return {
    x: timeAxis(text.time),
    y: { format: unit.format, fromZero: true },
    lines: [
      ...stackLines(stackMemory(model.resources), x, inUnits, theme, text),
      { label: text.resident, color: theme.foreground, x, y: inUnits(resident), dash: [5, 3] },
    ],
    marks: seen.map((stretch) => ({
      x: rangeOf(stretch).min,
      label: leakText(stretch, text),
      color: warning,
      symbol: 'triangle',
    })),
    stretches: seen.map((stretch) => ({ ...rangeOf(stretch), color: warning })),
    levels: levelsOf(model, theme, text).map((level) => ({ ...level, y: level.y / unit.bytes })),
  };
}

/** From the top down, each filled down to the next. */
function stackLines(
  stack: readonly StackLayer[],
  x: readonly number[],
  inUnits: (bytes: readonly number[]) => number[],
  theme: Theme,
  text: MemoryStrings,
): ChartLine[] {
  const lines: ChartLine[] = [];
  for (const { category, values, tops } of [...stack].reverse()) {
    const figures = { x, y: inUnits(tops), values: inUnits(values) };
    const look = { label: text.categories[category], color: categoryColor(category, theme), widthPx: 1 };
    lines.unshift({ ...look, ...figures, fillTo: lines[0] ?? 'zero' });
  }
  return lines;
}

function levelsOf({ started, resources }: ShownRun['model'], theme: Theme, text: MemoryStrings): ChartLevel[] {
  const forecast = started?.peakMemoryBytes;
  const machine = resources.at(-1)?.machineMemoryTotalBytes;
  const level = (bytes: number | undefined, words: string): ChartLevel[] =>
    bytes === undefined ? [] : [{ y: bytes, label: fill(words, formatMemory(bytes)), color: theme.muted }];
  return [...level(forecast, text.forecast), ...level(machine, text.machine)];
}

/** Cool colours for the engine, warm ones for the process that runs the graph. */
function categoryColor(category: MemoryCategory, theme: Theme): string {
  const pale = `color-mix(in srgb, ${seriesColor(0, theme.light)} 45%, ${theme.foreground})`;
  const colors: Record<MemoryCategory, string> = {
    engineHeap: seriesColor(0, theme.light),
    engineExternal: seriesColor(2, theme.light),
    engineNative: pale,
    graphHeap: seriesColor(5, theme.light),
    graphExternal: seriesColor(4, theme.light),
    graphNative: seriesColor(1, theme.light),
  };
  return colors[category];
}
