import type { DatasetStatistics, LevelStatistics } from '../../src/shared/datasetFacts.ts';
import { connect } from '../../src/shared/protocol/channel.ts';
import {
  type StatisticsHost,
  type StatisticsView,
  type SurveyProgress,
  statisticsViewChecks,
} from '../../src/shared/protocol/statistics.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { seriesColor } from '../ui/seriesColor.ts';
import { onThemeChange, readTheme } from '../ui/theme.ts';
import { createButton, createProgressRing } from '../ui/toolkit.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import { createStatisticsPage, type StatisticsPage } from './page.ts';
import { stringsFor } from './strings.ts';

const host = takeHost();
const text = stringsFor(document.documentElement.lang);
const root = document.getElementById('root')!;
let manifests: DatasetStatistics[] = [];
let levels = new Map<number, LevelStatistics>();
let failures: string[] = [];
let page: StatisticsPage | undefined;
/** Counts openings, so that an answer that comes late is not shown. */
let opening = 0;

const { remote } = connect<StatisticsView, StatisticsHost>(
  host.port,
  {
    described(statistics) {
      manifests = statistics;
      show();
    },
    progressed,
    changed: () => void open(),
  },
  statisticsViewChecks,
);

async function open(): Promise<void> {
  const mine = ++opening;
  const waiting = setTimeout(() => {
    if (!page) root.replaceChildren(element('div', { class: 'empty' }, createProgressRing(text.opening)));
  }, 200);
  try {
    const opened = await remote.open();
    if (mine !== opening) return;
    manifests = opened.manifests;
    levels = new Map();
    failures = opened.failures.map(({ name, message }) => fill(text.unreadable, name, message));
    host.setState({ files: opened.files });
    if (manifests.length > 0) show();
    else showEmpty();
  } catch (error) {
    if (mine !== opening) return;
    page = undefined;
    const message = fill(text.failed, error instanceof Error ? error.message : String(error));
    root.replaceChildren(element('div', { class: 'empty', role: 'alert' }, element('p', { text: message }), chooser()));
  } finally {
    clearTimeout(waiting);
  }
}

function progressed({ manifest, stage, done, total, levels: heard }: SurveyProgress): void {
  if (heard) levels.set(manifest, heard);
  const going = done < total || manifest < manifests.length - 1;
  page?.tell(going ? fill(stage === 'lengths' ? text.measuring : text.listening, done, total) : '');
  if (heard) show();
}

function show(): void {
  const { light } = readTheme();
  if (!page) {
    page = createStatisticsPage(remote, text);
    root.replaceChildren(page.element);
  }
  const shown = manifests.map((statistics, index) => ({
    statistics,
    levels: levels.get(index),
    color: seriesColor(index, light),
  }));
  page.show(shown, failures);
}

function showEmpty(): void {
  page = undefined;
  const reasons = failures.map((message) => element('p', { role: 'alert', text: message }));
  const help = element('p', { class: 'quiet', text: text.nothingHelp });
  root.replaceChildren(
    element('div', { class: 'empty' }, element('h2', { text: text.nothing }), ...reasons, help, chooser()),
  );
}

const chooser = () =>
  createButton({
    text: text.choose,
    appearance: 'primary',
    onPress: () => void remote.chooseManifests().catch(() => {}),
  });

onThemeChange(() => page && show());

void open();
