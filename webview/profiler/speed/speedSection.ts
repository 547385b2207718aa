import { judgeSpeed, type SpeedFigures, speedFigures } from '../../../src/shared/run/judgeSpeed.ts';
import { formatPercent } from '../../../src/shared/run/runStatus.ts';
import { type Chart, createChart } from '../../ui/chart.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { formatNumber } from '../../ui/formatNumber.ts';
import { createIcon, type IconName } from '../../ui/icons.ts';
import { readTheme } from '../../ui/theme.ts';
import type { PanelParts } from '../panelParts.ts';
import type { Section } from '../section.ts';
import type { Strings } from '../strings.ts';
import { formatMs, type SpeedChart, speedPictures } from './speedPictures.ts';

const severityIcons: Record<'good' | 'hint' | 'problem', [IconName, string]> = {
  good: ['check', 'good'],
  hint: ['info', 'info'],
  problem: ['warning', 'warning'],
};

/** How fast a run is, what its time goes into, and what would make it faster. */
export function createSpeed({ text, pickStep }: PanelParts): Section {
  const verdict = element('ul', { class: 'verdict', label: text.verdict, role: 'status' });
  const figures = element('dl', { class: 'figures' });
  const base = { text, syncKey: 'speed', keys: text.chartKeys, onPick: (x: number) => pickStep(Math.round(x)) };
  const charts: Record<SpeedChart, Chart> = {
    throughput: createChart({ ...base, title: text.throughput, help: text.throughputHelp }),
    split: createChart({ ...base, title: text.splitTitle, help: text.splitHelp }),
    padding: createChart({ ...base, title: text.paddingTitle, help: text.paddingHelp }),
    loader: createChart({ ...base, title: text.loaderTitle, help: text.loaderHelp }),
    queue: createChart({ ...base, title: text.queueTitle, help: text.queueHelp }),
  };
  const grid = element('div', { class: 'charts' }, ...Object.values(charts).map((chart) => chart.element));
  let spoken: string | undefined;
  return {
    id: 'speed',
    title: text.speed,
    element: element('div', { class: 'section' }, verdict, figures, grid),
    update(runs) {
      const [focus] = runs;
      const verdicts = focus ? judgeSpeed(focus.model) : [];
      const form = JSON.stringify(verdicts.map(({ code, severity, share }) => [code, severity, share.toFixed(2)]));
      if (form !== spoken) {
        spoken = form;
        verdict.replaceChildren(
          ...verdicts.map(({ code, severity, share }) => {
            const [icon, look] = severityIcons[severity];
            const words = fill(text.verdicts[code], percent(share));
            return element(
              'li',
              {},
              element('span', { class: `severity ${look}` }, createIcon(icon)),
              element('span', { text: words }),
            );
          }),
        );
      }
      const known = focus ? speedFigures(focus.model) : undefined;
      figures.replaceChildren(...(known ? figureRows(known, text) : []));
      const pictures = speedPictures(runs, text, readTheme().light);
      for (const [name, chart] of Object.entries(charts) as [SpeedChart, Chart][]) {
        const picture = pictures[name];
        chart.element.hidden = picture === undefined;
        if (picture) chart.show(picture);
      }
    },
    dispose() {
      for (const chart of Object.values(charts)) chart.dispose();
    },
  };
}

/** Whole percents: more digits would only flicker. */
const percent = (share: number): string => `${Math.round(share * 100)} %`;

function figureRows(figures: SpeedFigures, text: Strings): HTMLElement[] {
  const { audioRate, stepMs, shares, paddingShare, featureMs, queue } = figures;
  const rows: [string, string][] = [
    [text.figureRate, `${formatNumber(audioRate)} s`],
    [text.figureStep, formatMs(stepMs)],
    [text.figureWait, formatPercent(shares.wait)],
    ...(shares.graph === undefined ? [] : ([[text.graphPart, formatPercent(shares.graph)]] as [string, string][])),
    ...(shares.update === undefined ? [] : ([[text.updatePart, formatPercent(shares.update)]] as [string, string][])),
    [text.figureEvaluation, formatPercent(shares.evaluation)],
    [text.figureCheckpoint, formatPercent(shares.checkpoint)],
    [text.figurePadding, formatPercent(paddingShare)],
    ...(featureMs === undefined ? [] : ([[text.figureFeatures, formatMs(featureMs)]] as [string, string][])),
    ...(queue === undefined ? [] : ([[text.figureQueue, queue.toFixed(1)]] as [string, string][])),
  ];
  return rows.map(([name, value]) =>
    element('div', { class: 'figure' }, element('dt', { text: name }), element('dd', { text: value })),
  );
}
