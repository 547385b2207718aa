import { connect } from '../../src/shared/protocol/channel.ts';
import { type ShownSweep, type SweepHost, type SweepView, sweepViewChecks } from '../../src/shared/protocol/sweep.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createButton, createProgressRing } from '../ui/toolkit.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import type { Column } from './sortTrials.ts';
import { stringsFor } from './strings.ts';
import { sweepTable } from './sweepTable.ts';
import { restoreState, type ViewState } from './viewState.ts';

const host = takeHost();
const text = stringsFor(document.documentElement.lang);
const root = document.getElementById('root')!;
let state = restoreState(host.getState());
let sweep: ShownSweep | undefined;

/** As many as the profiler lays over each other. */
const maxChosen = 6;
const retryMs = 1000;

const { remote } = connect<SweepView, SweepHost>(host.port, { changed: take }, sweepViewChecks);
const tell = (what: Promise<void>) => void what.catch(() => {});

async function open(): Promise<void> {
  try {
    const opened = await remote.open();
    if (opened) return take(opened);
    root.replaceChildren(element('div', { class: 'opening' }, createProgressRing(text.opening)), opening());
    setTimeout(() => void open(), retryMs);
  } catch (error) {
    const message = fill(text.failed, error instanceof Error ? error.message : String(error));
    root.replaceChildren(element('p', { class: 'opening', role: 'alert', text: message }));
  }
}

const opening = () => element('p', { class: 'opening quiet', text: text.opening });

function take(shown: ShownSweep): void {
  sweep = shown;
  change({ directory: shown.directory });
}

function change(part: Partial<ViewState>): void {
  state = { ...state, ...part };
  host.setState(state);
  if (sweep) show(sweep);
}

function show(shown: ShownSweep): void {
  const focus = focusMark();
  const actions = {
    sortBy: (column: Column) =>
      change({ order: { column, descending: column === state.order.column && !state.order.descending } }),
    choose: (trial: number, chosen: boolean) =>
      change({
        chosen: [...state.chosen.filter((other) => other !== trial), ...(chosen ? [trial] : [])].slice(-maxChosen),
      }),
    open: (trial: number) => tell(remote.openRuns([trial])),
    use: (trial: number) => tell(remote.useValues(trial)),
  };
  const table = sweepTable(shown, state.order, state.chosen, text, actions);
  root.replaceChildren(header(shown), element('div', { class: 'scroll' }, table));
  // For those who look at the page from outside.
  root.dataset.settled = String(settledOf(shown));
  restoreFocus(focus);
}

const settledOf = ({ trials }: ShownSweep): number =>
  trials.filter(({ state }) => state !== 'waiting' && state !== 'running').length;

function header(shown: ShownSweep): HTMLElement {
  const { active, end, trials } = shown;
  const summary = fill(text.summary[active ? 'active' : (end ?? 'died')], settledOf(shown), trials.length);
  const givenUp = trials.filter((trial) => trial.state === 'stopped').length;
  const words = [summary, ...(givenUp > 0 ? [fill(text.givenUp, givenUp)] : [])].join(' · ');
  const tools = element('div', { class: 'tools', role: 'toolbar' });
  const compare = createButton({
    ...{
      text: fill(text.compare, state.chosen.length),
      icon: 'line',
      appearance: 'secondary',
      title: text.compareHelp,
    },
    onPress: () => tell(remote.openRuns(state.chosen)),
  });
  compare.disabled = state.chosen.length === 0;
  tools.append(compare);
  const control = (action: 'stop' | 'resume', icon: 'stop' | 'resume', title: string) =>
    createButton({
      ...{ text: text[action], icon, appearance: 'secondary', title },
      onPress: () => tell(remote.control(action)),
    });
  if (active) tools.append(control('stop', 'stop', text.stopHelp));
  else if (end !== 'done') tools.append(control('resume', 'resume', text.resume));
  tools.append(
    createButton({
      ...{ text: text.experiment, icon: 'report', appearance: 'secondary' },
      onPress: () => tell(remote.control('showExperiment')),
    }),
  );
  return element(
    'header',
    {},
    element('h1', { text: shown.name }),
    element('p', { class: 'summary', text: words, attributes: { 'aria-live': 'polite' } }),
    tools,
  );
}

/** The table is drawn anew as it changes; what had the focus has it again. */
function focusMark(): string | undefined {
  const focused = document.activeElement;
  const row = focused?.closest('[data-trial]')?.getAttribute('data-trial');
  if (row) {
    const all = [...document.querySelectorAll(`[data-trial="${row}"] input, [data-trial="${row}"] vscode-button`)];
    return `row ${row} ${all.indexOf(focused!)}`;
  }
  const column = focused?.getAttribute('data-column');
  return column ? `head ${column}` : undefined;
}

function restoreFocus(mark: string | undefined): void {
  const [kind, name, index] = mark?.split(' ') ?? [];
  const found =
    kind === 'row'
      ? document.querySelectorAll(`[data-trial="${name}"] input, [data-trial="${name}"] vscode-button`)[Number(index)]
      : kind === 'head'
        ? document.querySelector(`[data-column="${name}"]`)
        : undefined;
  if (found instanceof HTMLElement) found.focus();
}

void open();
