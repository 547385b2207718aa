import type { StreamingChoice, StreamSettings } from '../../src/shared/protocol/streaming.ts';
import { createBarChart } from '../ui/barChart.ts';
import { createChart } from '../ui/chart.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { seriesColor } from '../ui/seriesColor.ts';
import { readTheme } from '../ui/theme.ts';
import { createButton } from '../ui/toolkit.ts';
import { createControls } from './controls.ts';
import { createDifference } from './difference.ts';
import { createFigures } from './figures.ts';
import { createLiveText } from './liveText.ts';
import { computePicture, histogramOf } from './pictures.ts';
import { isGoing, type StreamRun } from './streamRun.ts';
import type { Strings } from './strings.ts';

export interface SimulatorActions {
  chooseRecording(): void;
  chooseModel(): void;
  start(settings: StreamSettings): void;
  stop(): void;
  changed(settings: StreamSettings): void;
}

export interface SimulatorPage {
  readonly element: HTMLElement;
  readonly settings: StreamSettings;
  show(choice: StreamingChoice, run: StreamRun | undefined): void;
}

/** What is played to what and how; below it what came of it. */
export function createSimulatorPage(initial: StreamSettings, text: Strings, actions: SimulatorActions): SimulatorPage {
  const controls = createControls(initial, text, actions.changed);
  const recording = createChosen(text.recording, text.chooseRecording, text, actions.chooseRecording);
  const model = createChosen(text.model, text.chooseModel, text, actions.chooseModel);
  const player = createPlayer(text, { start: () => actions.start(controls.settings), stop: actions.stop });
  const empty = element(
    'div',
    { class: 'empty' },
    element('h2', { text: text.nothing }),
    element('p', { class: 'quiet', text: text.nothingHelp }),
  );
  const needsModel = element('p', { class: 'notice', text: text.needsModel });
  const results = createResults(text);
  const root = element(
    'div',
    { class: 'simulator' },
    element('header', { class: 'chosen' }, recording.element, model.element),
    needsModel,
    controls.element,
    player.element,
    empty,
    results.element,
  );
  return {
    element: root,
    get settings() {
      return controls.settings;
    },
    show(choice, run) {
      recording.show(choice.recording);
      model.show(choice.model);
      needsModel.hidden = choice.model !== null;
      const going = run !== undefined && isGoing(run);
      controls.setEnabled(!going);
      player.show(choice.recording !== null && choice.model !== null, run);
      empty.hidden = run !== undefined;
      results.element.hidden = run === undefined;
      if (run) results.show(run, controls.settings.chunkMs);
    },
  };
}

function createChosen(name: string, choose: string, text: Strings, press: () => void) {
  const file = element('bdi', { class: 'file' });
  const button = createButton({ text: choose, appearance: 'secondary', onPress: press });
  return {
    element: element('div', { class: 'choice' }, element('span', { class: 'quiet', text: name }), file, button),
    show(path: string | null) {
      file.textContent = path === null ? text.none : path.replace(/[\\/]+$/, '').replace(/^.*[\\/]/, '');
      file.classList.toggle('quiet', path === null);
      file.title = path ?? '';
    },
  };
}

function createPlayer(text: Strings, actions: { start(): void; stop(): void }) {
  const start = createButton({
    ...{ text: text.start, icon: 'play', appearance: 'primary', title: text.startHelp },
    onPress: actions.start,
  });
  const stop = createButton({
    ...{ text: text.stop, icon: 'stop', appearance: 'secondary', title: text.stopHelp },
    onPress: actions.stop,
  });
  const bar = element('progress', { label: text.heard, attributes: { max: '1', value: '0' } });
  const state = element('span', { class: 'state', attributes: { 'aria-live': 'polite' } });
  const badge = element('span', { class: 'badge' });
  return {
    element: element('div', { class: 'player', role: 'toolbar' }, start, stop, badge, bar, state),
    show(ready: boolean, run: StreamRun | undefined) {
      const going = run !== undefined && isGoing(run);
      start.disabled = !ready || going;
      stop.disabled = !going;
      bar.hidden = run === undefined;
      bar.value = run && run.durationSec > 0 ? Math.min(1, run.heardSec / run.durationSec) : 0;
      state.textContent = run ? sayState(run, text) : '';
      badge.hidden = run?.mode === undefined;
      if (!run?.mode) return;
      badge.textContent = text[run.mode];
      badge.title = run.mode === 'streaming' ? text.streamingHelp : text.segmentedHelp;
      badge.classList.toggle('segmented', run.mode === 'segmented');
    },
  };
}

function sayState({ state, heardSec, durationSec }: StreamRun, text: Strings): string {
  if (state === 'opening') return text.opening;
  if (state === 'playing') return fill(text.progress, heardSec.toFixed(1), durationSec.toFixed(1));
  if (state === 'done') return fill(text.done, durationSec.toFixed(1));
  return state === 'stopped' ? fill(text.stopped, heardSec.toFixed(1)) : '';
}

function createResults(text: Strings) {
  const live = createLiveText(text);
  const figures = createFigures(text);
  const difference = createDifference(text);
  const alert = createAlert(text);
  const compute = createChart({ title: text.compute, help: text.computeHelp, keys: text.chartKeys, text });
  const ignore = () => undefined;
  const histogram = createBarChart({ title: text.computeHistogram, text }, ignore);
  const delays = createBarChart({ title: text.delayHistogram, note: text.delayNote, text }, ignore);
  const charts = element('div', { class: 'bar-charts' }, compute.element, histogram.element, delays.element);
  const heard = element('div', { class: 'results' }, live.element, difference.element, figures.element, charts);
  return {
    element: element('div', { class: 'results' }, alert.element, heard),
    show(run: StreamRun, chunkMs: number) {
      const { light, muted } = readTheme();
      const colors = [seriesColor(0, light), seriesColor(1, light)] as const;
      alert.show(run);
      // Of what ended before anything was heard there is only the reason.
      heard.hidden = !isGoing(run) && run.chunks.length === 0;
      live.show(run);
      figures.show(run);
      compute.show(computePicture(run, chunkMs, colors[0], muted, text));
      const computing = run.chunks.map(({ computeMs }) => computeMs);
      histogram.show(histogramOf(computing, { name: text.chunks, color: colors[0] }, text));
      delays.show(histogramOf(run.wordDelaysMs, { name: text.words, color: colors[1] }, text));
      difference.show(run.file?.words, isGoing(run));
    },
  };
}

/** What failed, then what the engine says of the model and the recording. */
function createAlert(text: Strings) {
  const box = element('div', { class: 'failures', role: 'alert' });
  let complained = '';
  return {
    element: box,
    show({ state, message, problems }: StreamRun) {
      const others = problems.map((problem) => problem.message).filter((one) => !message.includes(one));
      const failure = state === 'failed' ? [fill(text.failed, message)] : [];
      const messages = [...failure, ...others];
      // An alert that is written anew is read out again.
      if (messages.join('\n') === complained) return;
      complained = messages.join('\n');
      box.replaceChildren(
        ...messages.map((one, i) => element('p', { text: one, ...(i < failure.length ? { class: 'failed' } : {}) })),
      );
    },
  };
}
