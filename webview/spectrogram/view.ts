import type { ViewCommand } from '../../src/shared/protocol/spectrogram.ts';
import type { Player } from '../ui/player.ts';
import { type Action, createActions } from './actions.ts';
import { createLabelCommands, type LabelCommands } from './annotations/labelCommands.ts';
import { createTierTracks } from './annotations/tierTracks.ts';
import { createCompare } from './compare/compare.ts';
import type { Link } from './compare/link.ts';
import { createDetails } from './details.ts';
import { createScrubHandle } from './ear/scrubHandle.ts';
import { createViewPlayer, followPlayback } from './ear/viewPlayer.ts';
import { createOutActions } from './export/outActions.ts';
import { showFailure } from './failure.ts';
import { createBoxMark } from './hand/boxMark.ts';
import { attachHand, createHand, type Hand } from './hand/createHand.ts';
import { createHandTools } from './hand/handTools.ts';
import { actionOf } from './hand/keyboard.ts';
import { createMarks } from './hand/marks.ts';
import { type Stretch, stretchOf } from './hand/selection.ts';
import { zoomTo } from './hand/viewport.ts';
import { createHelp } from './help.ts';
import { buildLayout, type Layout } from './layout.ts';
import { createModelTracks } from './model/modelTracks.ts';
import { createLaneHeads } from './picture/laneHeads.ts';
import { createLanes, type Lanes } from './picture/lanes.ts';
import { createLevelScale } from './picture/levelScale.ts';
import { createProblemBanner } from './problems.ts';
import { createReadout } from './readout.ts';
import { createToolbar } from './toolbar.ts';
import { createResults } from './tracks/results.ts';
import { bandsOf, type ViewModel, viewportOf } from './viewModel.ts';
import type { ViewState } from './viewState.ts';

export interface View {
  readonly link: Link;
  augmentMeasured(share: number): void;
  readonly element: HTMLElement;
  command(command: ViewCommand): void;
  /** Selects a stretch, with something of what is around it in view. */
  showStretch(stretch: Stretch): void;
  focus(): void;
  dispose(): void;
}

/** The view of one channel of one recording. */
export function createView(model: ViewModel): View {
  const { state, live, text } = model;
  const layout = buildLayout(text, model.pictures.length);
  const failed = (error: unknown) => showFailure(model, text.failed, error);
  const lanes = createLanes(layout, model, () => schedule(), failed);
  const player = createViewPlayer(model, (failure) => showFailure(model, text.cannotPlay, failure));
  const hand = createHand(layout, model);
  const labels = createLabelCommands(model);
  const help = createHelp(text, labels.text, () => layout.stage.focus());
  layout.root.append(help.element);
  const perform = createActions(model, hand, player, labels, help.show, createOutActions(layout, model));
  const marks = createMarks(layout, model);
  const { moves } = hand;
  const shown = createParts(layout, model, { lanes, hand, player, labels, perform, schedule: () => schedule() });
  const compare = createCompare(layout, model, { lanes, moves, player });
  shown.push(compare);
  // Many changes may come within one frame.
  let scheduled = 0;
  const show = () => {
    scheduled = 0;
    for (const part of shown) part.show();
    marks.place();
  };
  const schedule = () => {
    scheduled ||= requestAnimationFrame(show);
  };
  state.subscribe((now, before) => {
    if (!looksAlike(now, before)) lanes.invalidate();
    schedule();
  });
  live.subscribe(schedule);
  const detachHand = attachHand(layout, model, hand, perform);
  const detachKeys = attachKeys(layout.stage, perform);
  const resized = new ResizeObserver(schedule);
  resized.observe(layout.stage);
  const stopFollowing = followPlayback(model, player);
  schedule();
  return {
    element: layout.root,
    link: compare.link,
    augmentMeasured: compare.augment.measured,
    command: perform,
    showStretch(stretch) {
      const around = Math.max(0.5, stretch.endSec - stretch.startSec);
      moves.select(stretch);
      const viewport = zoomTo(Math.max(0, stretch.startSec - around), stretch.endSec + around, model.limits);
      state.update({ cursorSec: stretch.startSec, viewport });
    },
    focus: () => layout.stage.focus({ preventScroll: true }),
    dispose() {
      detachKeys();
      detachHand();
      stopFollowing();
      compare.augment.dispose();
      for (const part of shown) part.dispose?.();
      player.stop();
      resized.disconnect();
      if (scheduled) cancelAnimationFrame(scheduled);
      lanes.dispose();
    },
  };
}

/** Whether the lanes are the same picture in both states. */
function looksAlike(now: ViewState, before: ViewState): boolean {
  const keys = ['viewport', 'bands', 'levels', 'gainDb', 'colormap', 'smooth', 'waveformGain'] as const;
  return keys.every((key) => now[key] === before[key]);
}

/** Keys act on the lanes, also when nothing has the focus: the workbench takes it away when it reveals the editor. */
function attachKeys(stage: HTMLElement, perform: (action: Action) => void): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.target !== stage && event.target !== document.body) return;
    const action = actionOf(event);
    if (!action) return;
    event.preventDefault();
    // The workbench would do what it binds to the same key: select all text of the page, for one.
    event.stopPropagation();
    stage.focus({ preventScroll: true });
    perform(action);
  };
  document.addEventListener('keydown', pressed);
  return () => document.removeEventListener('keydown', pressed);
}

interface Part {
  show(): void;
  dispose?(): void;
}

interface Parts {
  lanes: Lanes;
  hand: Hand;
  player: Player;
  labels: LabelCommands;
  perform: (action: Action) => void;
  /** Something is to be shown that no state tells. */
  schedule: () => void;
}

/** Everything that shows the state as elements. */
function createParts(layout: Layout, model: ViewModel, parts: Parts): Part[] {
  const { lanes, hand, player, labels, perform, schedule } = parts;
  const { moves } = hand;
  const tools = createHandTools(model, hand.text, hand.backForward, perform);
  return [
    createScrubHandle(layout, model, player),
    createToolbar(layout, model, tools.elements, labels, perform),
    tools,
    createBoxMark(layout, model),
    createProblemBanner(layout, model),
    createLevelScale(layout, model),
    createLaneHeads(layout, model),
    createTierTracks(layout, model, { commands: labels, hand, player, perform }),
    createModelTracks({ layout, model, moves, player, perform, schedule }),
    createResults(layout, model, moves),
    createReadout(layout, model, lanes.spectrograms),
    createDetails(layout, model, lanes.spectrogram, labels.text),
    { show: () => describeState(layout.root, model, lanes) },
  ];
}

/** What the view shows, as attributes: for style sheets, and for those who look at the page from outside. */
function describeState(root: HTMLElement, model: ViewModel, lanes: Lanes): void {
  const { state, live } = model;
  const { startSec, endSec } = viewportOf(model);
  const { low, high } = bandsOf(model);
  const stretch = stretchOf(state.state.selection);
  Object.assign(root.dataset, {
    state: lanes.progress,
    renderer: lanes.spectrogram.renderer,
    startSec: startSec.toFixed(4),
    endSec: endSec.toFixed(4),
    lowHz: model.axis.toHz(low).toFixed(2),
    highHz: model.axis.toHz(high).toFixed(2),
    cursorSec: state.state.cursorSec.toFixed(4),
    selection: stretch ? `${stretch.startSec.toFixed(4)} ${stretch.endSec.toFixed(4)}` : '',
    playing: String(live.state.playing),
    playSec: live.state.playSec?.toFixed(4) ?? '',
    surveyed: (live.state.survey?.done ?? 0).toFixed(3),
  });
}
