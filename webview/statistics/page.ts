import { binRange } from '../../src/asr/dataset/histogram.ts';
import type { DatasetFilter, Histogram } from '../../src/shared/datasetFacts.ts';
import type { Remote } from '../../src/shared/protocol/channel.ts';
import type { StatisticsHost } from '../../src/shared/protocol/statistics.ts';
import { type BarChart, createBarChart } from '../ui/barChart.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton } from '../ui/toolkit.ts';
import { createLineList } from './lineList.ts';
import { alphabetPicture, charactersOf, figuresOf, pictureOf, type ShownManifest, showCharacter } from './pictures.ts';
import { rankTables } from './rankTables.ts';
import type { Strings } from './strings.ts';

export interface StatisticsPage {
  readonly element: HTMLElement;
  show(manifests: readonly ShownManifest[], failures: readonly string[]): void;
  /** What is going on in the background; empty when nothing is. */
  tell(progress: string): void;
}

/** Overview, drawings, tables, and the lines behind what is chosen. */
export function createStatisticsPage(remote: Remote<StatisticsHost>, text: Strings): StatisticsPage {
  let shown: readonly ShownManifest[] = [];
  const lines = createLineList(remote, text);
  const pick = (manifest: number, filter: DatasetFilter, title: string) => {
    const name = shown[manifest]?.statistics.name ?? '';
    void lines.show({ manifest, filter, title, name }).catch(() => {});
  };
  const charts = createCharts(text, () => shown, pick);
  const status = element('span', { class: 'status', attributes: { 'aria-live': 'polite' } });
  const choose = createButton({
    text: text.choose,
    appearance: 'secondary',
    onPress: () => void remote.chooseManifests().catch(() => {}),
  });
  const failed = element('div', { class: 'failures', role: 'alert' });
  const overview = element('div', { class: 'overview-place' });
  const ranks = element('div', { class: 'rank-place' });
  const root = element(
    'div',
    { class: 'statistics' },
    element('header', { class: 'head' }, choose, status),
    failed,
    overview,
    element('div', { class: 'bar-charts' }, ...charts.elements),
    ranks,
    lines.element,
  );
  let ranked = '';
  return {
    element: root,
    show(manifests, failures) {
      shown = manifests;
      failed.replaceChildren(...failures.map((message) => element('p', { text: message })));
      overview.replaceChildren(renderOverview(shown, text));
      charts.show();
      // Rebuilt only for news, so that the focus stays where it is.
      const key = JSON.stringify(shown.map(({ statistics, levels }) => [statistics, levels?.formats]));
      if (key === ranked) return;
      ranked = key;
      const first = shown[0]?.statistics.name ?? '';
      const parts = shown.flatMap((manifest, index) => [
        element('h3', { text: manifest.statistics.name }),
        rankTables(manifest, index, first, text, pick),
      ]);
      ranks.replaceChildren(...parts);
    },
    tell(progress) {
      status.textContent = progress;
    },
  };
}

function renderOverview(shown: readonly ShownManifest[], text: Strings): HTMLElement {
  const names = shown.map(({ statistics, color }) => {
    const swatch = element('span', { class: 'swatch', attributes: { 'aria-hidden': 'true' } });
    swatch.style.setProperty('--color', color);
    return element('th', {}, swatch, element('bdi', { text: statistics.name }));
  });
  const rows = figuresOf(shown, text).map(([title, cells]) =>
    element(
      'tr',
      {},
      element('th', { class: 'figure', text: title, attributes: { scope: 'row' } }),
      ...cells.map((cell) => element('td', { class: 'number', text: cell })),
    ),
  );
  return element(
    'table',
    { class: 'overview' },
    element('caption', { text: text.overview }),
    element('thead', {}, element('tr', {}, element('td'), ...names)),
    element('tbody', {}, ...rows),
  );
}

function createCharts(
  text: Strings,
  shown: () => readonly ShownManifest[],
  pick: (manifest: number, filter: DatasetFilter, title: string) => void,
): { elements: HTMLElement[]; show(): void } {
  type By = 'duration' | 'speechRate' | 'level';
  const histograms: {
    by: By;
    title: string;
    note?: string;
    unit: string;
    of(manifest: ShownManifest): Histogram | undefined;
  }[] = [
    { by: 'duration', title: text.lengths, unit: text.seconds, of: ({ statistics }) => statistics.durations },
    {
      ...{ by: 'speechRate', title: text.speechRates, note: text.rateNote, unit: text.charactersPerSecond },
      of: ({ statistics }) => statistics.speechRates,
    },
    {
      ...{ by: 'level', title: text.levels, note: fill(text.levelsNote, 400), unit: text.dbfs },
      of: ({ levels }) => levels?.rmsDb,
    },
  ];
  const made: { chart: BarChart; update(chart: BarChart): void }[] = histograms.map(({ by, title, note, unit, of }) => {
    const picture = () => pictureOf(shown(), of, unit, text);
    const chart = createBarChart({ title, text, ...(note ? { note } : {}) }, (bin, series) => {
      // Series are the manifests that have this histogram.
      const manifest = shown().indexOf(shown().filter((one) => of(one))[series]!);
      const { from, to } = binRange(of(shown()[manifest]!)!, bin);
      const label = picture().bars[bin]!.label;
      pick(manifest, { by, ...(Number.isFinite(from) ? { from } : {}), ...(Number.isFinite(to) ? { to } : {}) }, label);
    });
    return { chart, update: () => chart.show(picture()) };
  });
  const alphabet = createBarChart({ title: text.alphabet, note: text.alphabetNote, text }, (bar, manifest) => {
    const value = charactersOf(shown())[bar]!;
    pick(manifest, { by: 'character', value }, showCharacter(value, text.space));
  });
  made.push({ chart: alphabet, update: () => alphabet.show(alphabetPicture(shown(), text)) });
  return {
    elements: made.map(({ chart }) => chart.element),
    show() {
      for (const { chart, update } of made) update(chart);
    },
  };
}
