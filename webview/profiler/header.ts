import type { RunAction } from '../../src/shared/protocol/profiler.ts';
import { speedFigures } from '../../src/shared/run/judgeSpeed.ts';
import { formatDuration, formatLoss, formatPercent, remainingSec } from '../../src/shared/run/runStatus.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import type { IconName } from '../ui/icons.ts';
import { createButton } from '../ui/toolkit.ts';
import { type PanelParts, tell } from './panelParts.ts';
import type { ShownRun } from './section.ts';
import type { Strings } from './strings.ts';

/** The line that stays in sight: which run, how far it is, and what can be done with it. */
export interface Header {
  readonly element: HTMLElement;
  show(runs: readonly ShownRun[]): void;
}

const icons: Record<RunAction, IconName> = {
  stop: 'stop',
  pause: 'pause',
  continue: 'play',
  checkpoint: 'save',
  resume: 'resume',
  profile: 'flame',
  showLog: 'output',
  showReport: 'report',
  train: 'play',
};

export function createHeader({ remote, text, state }: PanelParts, focus: (directory: string) => void): Header {
  const chips = element('div', { class: 'runs', role: 'group', label: text.runs });
  const facts = element('div', { class: 'facts', role: 'status' });
  const buttons = element('div', { class: 'run-actions', role: 'toolbar' });
  const message = element('div', { class: 'run-message', role: 'alert' });
  let shownActions = '';
  let shownChips = '';
  const showButtons = ({ directory, ...run }: ShownRun) => {
    const actions = actionsOf(run);
    const form = [directory, ...actions].join('\n');
    if (form === shownActions) return;
    shownActions = form;
    buttons.replaceChildren(
      ...actions.map((action) =>
        createButton({
          icon: icons[action],
          label: text.actions[action],
          attributes: { 'data-action': action },
          onPress: () => tell(remote.runAction(directory, action)),
        }),
      ),
    );
  };
  const showChips = (runs: readonly ShownRun[]) => {
    const form = JSON.stringify(runs.map(({ directory, name, state, color }) => [directory, name, state, color]));
    if (form === shownChips) return;
    shownChips = form;
    const inOrder = [...runs].sort((a, b) => order(state.state.chosen, a) - order(state.state.chosen, b));
    const focused = chips.contains(document.activeElement) ? document.activeElement?.getAttribute('title') : undefined;
    chips.replaceChildren(...inOrder.map((run) => runChip(run, run === runs[0], runs.length > 1, text, focus)));
    if (focused) [...chips.querySelectorAll<HTMLElement>('button')].find(({ title }) => title === focused)?.focus();
  };
  return {
    element: element(
      'header',
      { class: 'header' },
      element('div', { class: 'header-line' }, chips, facts, buttons),
      message,
    ),
    show(runs) {
      const [first] = runs;
      if (!first) return;
      showChips(runs);
      showButtons(first);
      const parts = factsOf(first, text);
      facts.replaceChildren(...parts.map((part) => element('span', { text: part })));
      message.textContent = first.model.message ?? first.model.pause?.message ?? '';
      message.hidden = message.textContent === '';
      message.classList.toggle('failed', first.state === 'failed');
    },
  };
}

const order = (chosen: readonly string[], { directory }: ShownRun): number => chosen.indexOf(directory);

function runChip(
  run: ShownRun,
  inFocus: boolean,
  several: boolean,
  text: Strings,
  focus: (directory: string) => void,
): HTMLElement {
  const stateName = text.states[run.state] ?? run.state;
  const mark = element('span', { class: `state-mark ${run.state}`, attributes: { 'aria-hidden': 'true' } });
  const name = element('span', { class: 'run-name', text: run.name });
  const state = element('span', { class: 'run-state', text: stateName });
  if (!several) return element('div', { class: 'run', title: run.directory }, mark, name, state);
  const swatch = element('span', { class: 'chart-swatch' });
  swatch.style.setProperty('--swatch', run.color);
  const options = {
    class: 'run',
    title: run.directory,
    attributes: { 'aria-pressed': String(inFocus), type: 'button' },
  };
  const chip = element('button', options, swatch, mark, name, state);
  chip.addEventListener('click', () => focus(run.directory));
  return chip;
}

/** What can be done with a run in its state. */
export function actionsOf({ active, state }: Pick<ShownRun, 'active' | 'state'>): RunAction[] {
  const always: RunAction[] = ['showLog', 'showReport'];
  if (active) return [state === 'paused' ? 'continue' : 'pause', 'checkpoint', 'profile', 'stop', ...always];
  return state === 'done' || state === 'starting' ? always : ['resume', ...always];
}

function factsOf({ model, active }: ShownRun, text: Strings): string[] {
  const { started, lastStep, best, evaluations, step, epoch } = model;
  const wer = evaluations.at(-1)?.wer;
  const left = remainingSec(model);
  const rate = speedFigures(model)?.audioRate;
  return [
    ...(started ? [fill(text.epochOf, Math.min(epoch + 1, started.epochs), started.epochs)] : []),
    ...(started ? [fill(text.stepOf, step, started.totalSteps)] : []),
    ...(lastStep ? [fill(text.loss, formatLoss(lastStep.loss))] : []),
    ...(wer === undefined ? [] : [fill(text.wer, formatPercent(wer))]),
    ...(best ? [fill(text.best, formatPercent(best.wer))] : []),
    ...(rate === undefined ? [] : [fill(text.rate, rate.toFixed(rate < 10 ? 1 : 0))]),
    ...(active && left !== undefined ? [fill(text.left, formatDuration(left))] : []),
  ];
}
