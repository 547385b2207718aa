import { type Chart, createChart } from '../../ui/chart.ts';
import type { ChartPicture, ChartRange } from '../../ui/chartPicture.ts';
import { element } from '../../ui/elements.ts';
import { seriesColor } from '../../ui/seriesColor.ts';
import { readTheme, type Theme } from '../../ui/theme.ts';
import type { PanelParts } from '../panelParts.ts';
import type { Section, ShownRun } from '../section.ts';
import type { Strings } from '../strings.ts';
import { createEventList } from './eventList.ts';
import { createLearningTools } from './learningTools.ts';
import { type LearningChart, learningPictures } from './pictures.ts';
import { placeXOf } from './placeX.ts';
import { createSamples } from './samples.ts';

/** Whether and how the model learns: its curves, what was noticed on the way, and what it hears. */
export function createLearning(parts: PanelParts): Section {
  const { text, state, pickStep } = parts;
  let runs: readonly ShownRun[] = [];
  let range: ChartRange | undefined;
  const zoom = (next: ChartRange | undefined) => {
    range = next;
    paint();
  };
  const pick = (x: number) => {
    const step = stepAt(runs[0], x, parts);
    if (step !== undefined) pickStep(step);
  };
  const charts = createCharts(text, zoom, pick);
  const tools = createLearningTools(parts, () => zoom(undefined));
  const events = createEventList(parts);
  const samples = createSamples(text);
  const grid = element('div', { class: 'charts' }, ...Object.values(charts).map((chart) => chart.element));

  const paint = () => {
    const theme = readTheme();
    const options = { state: state.state, range, text, colors: colorsOf(theme) };
    const pictures: Record<LearningChart, ChartPicture | undefined> = learningPictures(runs, options);
    for (const [name, chart] of Object.entries(charts) as [LearningChart, Chart][]) {
      const picture = pictures[name];
      chart.element.hidden = picture === undefined;
      if (picture) chart.show(picture);
    }
    tools.show(range !== undefined);
  };
  let axis = state.state.xAxis;
  return {
    id: 'learning',
    title: text.learning,
    element: element('div', { class: 'section' }, tools.element, grid, events.element, samples.element),
    update(next) {
      // A stretch of one axis is none of another.
      if (axis !== state.state.xAxis || runs[0]?.directory !== next[0]?.directory) range = undefined;
      axis = state.state.xAxis;
      runs = next;
      paint();
      events.show(next[0]?.model);
      samples.show(next[0]);
    },
    dispose() {
      for (const chart of Object.values(charts)) chart.dispose();
    },
  };
}

function createCharts(
  text: Strings,
  onZoom: (range: ChartRange | undefined) => void,
  onPick: (x: number) => void,
): Record<LearningChart, Chart> {
  const base = { text, onZoom, syncKey: 'learning', keys: text.chartKeys };
  return {
    loss: createChart({ ...base, title: text.lossTitle, help: text.lossHelp, onPick }),
    errors: createChart({ ...base, title: text.errorTitle, help: text.errorHelp }),
    gradient: createChart({ ...base, title: text.gradientTitle, help: text.gradientHelp, onPick }),
    learningRate: createChart({ ...base, title: text.learningRate, help: text.learningRateHelp }),
    lossScale: createChart({ ...base, title: text.lossScale, help: text.lossScaleHelp }),
  };
}

/** The step that a place of the axis stands for; of merged steps the one with the highest loss. */
function stepAt(run: ShownRun | undefined, x: number, { state }: PanelParts): number | undefined {
  if (!run) return undefined;
  const place = placeXOf(run.model, state.state.xAxis);
  const points = [...run.model.history, ...run.model.recent];
  const distance = (index: number) => {
    const { lastStep, timeMs } = points[index]!;
    return Math.abs(place({ step: lastStep, timeMs }) - x);
  };
  let nearest = 0;
  for (let i = 1; i < points.length; i++) if (distance(i) < distance(nearest)) nearest = i;
  return points[nearest]?.lossMaxStep;
}

function colorsOf({ light, muted }: Theme) {
  return { light, muted, warning: seriesColor(3, light), error: seriesColor(4, light), best: seriesColor(2, light) };
}
