import { connect } from '../../src/shared/protocol/channel.ts';
import {
  type PanelRun,
  type ProfilerHost,
  type ProfilerView,
  profilerViewChecks,
  type RunUpdate,
} from '../../src/shared/protocol/profiler.ts';
import { reduceAll } from '../../src/shared/run/runModel.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { seriesColor } from '../ui/seriesColor.ts';
import { createStore } from '../ui/store.ts';
import { readTheme } from '../ui/theme.ts';
import { createButton, createProgressRing } from '../ui/toolkit.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import { createPanel, type Panel } from './panel.ts';
import { tell } from './panelParts.ts';
import type { ShownRun } from './section.ts';
import { stringsFor } from './strings.ts';
import { restoreState, type ViewState } from './viewState.ts';

const host = takeHost();
const text = stringsFor(document.documentElement.lang);
const root = document.getElementById('root')!;
const state = createStore<ViewState>(restoreState(host.getState()));
let runs: PanelRun[] = [];
let panel: Panel | undefined;
let scheduled = 0;
/** Counts openings, so that an answer that comes late is not shown. */
let opening = 0;

const { remote } = connect<ProfilerView, ProfilerHost>(
  host.port,
  { appended: append, changed: () => void open() },
  profilerViewChecks,
);

async function open(): Promise<void> {
  const mine = ++opening;
  // Runs that are found at once show no sign of waiting.
  const waiting = setTimeout(() => {
    if (!panel) root.replaceChildren(element('div', { class: 'opening' }, createProgressRing(text.opening)));
  }, 200);
  try {
    const opened = await remote.open();
    if (mine !== opening) return;
    runs = opened.runs;
    state.update({ chosen: opened.chosen });
    keep();
    if (runs.length > 0) showRuns();
    else showPage(emptyPage());
  } catch (error) {
    const message = fill(text.failed, error instanceof Error ? error.message : String(error));
    if (mine === opening) showPage(element('div', { class: 'empty', role: 'alert', text: message }));
  } finally {
    clearTimeout(waiting);
  }
}

function append(updates: RunUpdate[]): void {
  for (const { directory, events, ...update } of updates)
    runs = runs.map((run) =>
      run.directory === directory ? { ...run, ...update, model: reduceAll(run.model, events) } : run,
    );
  schedule();
}

function schedule(): void {
  if (scheduled === 0) scheduled = requestAnimationFrame(showRuns);
}

function showRuns(): void {
  scheduled = 0;
  if (!panel) {
    const created = createPanel({ remote, text, state }, (directory) => state.update({ focus: directory }), showRuns);
    showPage(created.element);
    panel = created;
    panel.show(inOrder());
    window.scrollTo(0, state.state.scrollPx);
  } else panel.show(inOrder());
  // For those who look at the page from outside.
  root.dataset.steps = String(runs[0]?.model.step ?? 0);
}

/** The run in focus first; each keeps the colour of its place. */
function inOrder(): ShownRun[] {
  const { light } = readTheme();
  const shown = runs.map((run, index): ShownRun => ({ ...run, color: seriesColor(index, light) }));
  const { focus } = state.state;
  return shown.sort((a, b) => Number(b.directory === focus) - Number(a.directory === focus));
}

function showPage(page: HTMLElement): void {
  panel?.dispose();
  panel = undefined;
  root.replaceChildren(page);
}

function emptyPage(): HTMLElement {
  const button = createButton({
    text: text.actions.train,
    icon: 'play',
    appearance: 'primary',
    onPress: () => tell(remote.runAction('', 'train')),
  });
  const help = element('p', { class: 'quiet', text: text.noRunHelp });
  return element('div', { class: 'empty' }, element('h2', { text: text.noRun }), help, button);
}

function keep(): void {
  host.setState({ ...state.state, scrollPx: panel ? window.scrollY : state.state.scrollPx });
}

let keeping: number | undefined;
window.addEventListener('scroll', () => {
  clearTimeout(keeping);
  keeping = window.setTimeout(keep, 200);
});

state.subscribe((now, before) => {
  keep();
  if (now.closed === before.closed && panel) schedule();
});

void open();
