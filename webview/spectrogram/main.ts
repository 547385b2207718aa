import { connect } from '../../src/shared/protocol/channel.ts';
import {
  type HostAction,
  mixedChannels,
  type SpectrogramHost,
  type SpectrogramView,
  type SurveyProgress,
  spectrogramViewChecks,
  type ViewCommand,
} from '../../src/shared/protocol/spectrogram.ts';
import type { OpenedPicture } from '../../src/shared/protocol/spectrogramPicture.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createStore } from '../ui/store.ts';
import { createProgressRing } from '../ui/toolkit.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import { clampSelection } from './hand/selection.ts';
import { clampViewport } from './hand/viewport.ts';
import { createPages } from './pages.ts';
import { createFrequencyAxis } from './picture/frequencyAxis.ts';
import { commonLoudness, commonProgress, openPictures } from './picture/openPictures.ts';
import { stringsFor } from './strings.ts';
import { buildUnreadable } from './unreadable.ts';
import { createView, type View } from './view.ts';
import { initialLive, type LiveState, type ReadableClip, type ViewModel } from './viewModel.ts';
import { restoreState, type ViewState } from './viewState.ts';

const host = takeHost();
const text = stringsFor(document.documentElement.lang);
const root = document.getElementById('root')!;
let kept: ViewState = restoreState(host.getState());
const pages = createPages(root);
let live: ReturnType<typeof createStore<LiveState>> | undefined;
let pictures: readonly OpenedPicture[] = [];
/** How far each picture is, by its id. */
const surveys = new Map<number, SurveyProgress>();
/** The file has changed while it was played. */
let changedMeanwhile = false;
/** What is to be done with the next view. */
const waiting: ((view: View) => void)[] = [];
/** Counts openings, so that an answer that comes late is not shown. */
let opening = 0;

const { remote } = connect<SpectrogramView, SpectrogramHost>(
  host.port,
  {
    surveyed(progress) {
      surveys.set(progress.picture, progress);
      live?.update({ survey: commonProgress(pictures, surveys) });
    },
    changed() {
      // What is heard is heard to its end.
      if (live?.state.playing) changedMeanwhile = true;
      else void open();
    },
    measured(request, done) {
      const measuring = live?.state.measuring;
      if (measuring?.request === request) live?.update({ measuring: { ...measuring, done } });
    },
    annotationsChanged: (annotations) => live?.update({ annotations }),
    annotationPointedAt: (tier, item) => live?.update({ pointedAt: { tier, item } }),
    inspectionAdvanced: (request, share) => {
      const running = live?.state.inspecting;
      if (running?.request === request) live?.update({ inspecting: { ...running, share } });
    },
    commanded: (command: ViewCommand) => withView((view) => view.command(command)),
    augmentProgress: (share) => pages.view?.augmentMeasured(share),
    linkChanged: (tell, link) => pages.view?.link.changed(link, tell),
    timeShown: (time) => pages.view?.link.timeShown(time),
    stretchShown: (startSec, endSec) => withView((view) => view.showStretch({ startSec, endSec })),
    playShown: (playSec) => pages.view?.link.playShown(playSec),
  },
  spectrogramViewChecks,
);

const runAction = (action: HostAction) => void remote.runAction(action).catch(() => {});

/** Now, or once there is a view. */
function withView(act: (view: View) => void): void {
  if (pages.view) act(pages.view);
  else waiting.push(act);
}

async function open(): Promise<void> {
  const mine = ++opening;
  changedMeanwhile = false;
  // A file that opens at once shows no sign of waiting.
  const sign = setTimeout(() => {
    if (!pages.view) pages.showPage(element('div', { class: 'opening' }, createProgressRing(text.opening)));
  }, 200);
  try {
    surveys.clear();
    const opened = remote.open();
    // Nearly always the next wish; its answer is on the way when it is asked for again.
    if (kept.channelLayout === 'mixed') void remote.openPicture(kept.channel, kept.picture).catch(() => {});
    const clip = await opened;
    if (mine !== opening) return;
    if (clip.readable) await showClip(clip, mine);
    else pages.showPage(buildUnreadable(clip, text, runAction, remote.headerChunks));
  } catch (error) {
    const message = fill(text.failed, error instanceof Error ? error.message : String(error));
    if (mine === opening) pages.showPage(element('div', { class: 'unreadable', role: 'alert', text: message }));
  } finally {
    clearTimeout(sign);
  }
}

async function showClip(clip: ReadableClip, mine: number): Promise<void> {
  if (clip.facts.samples === 0) {
    const problems = clip.problems.length
      ? clip.problems
      : [{ code: 'audio-empty', severity: 'warning' as const, message: text.empty }];
    const { name, facts } = clip;
    const empty = { readable: false as const, name, sizeBytes: facts.sizeBytes, problems };
    return pages.showPage(buildUnreadable(empty, text, runAction, remote.headerChunks));
  }
  if (kept.channel >= clip.facts.channels) kept = { ...kept, channel: mixedChannels };
  const fresh = createStore<LiveState>(initialLive);
  live = fresh;
  fresh.subscribe(({ playing }) => {
    if (!playing && changedMeanwhile && live === fresh) void open();
  });
  void remote.annotations().then(
    // What was told meanwhile is newer.
    (annotations) => fresh.state.annotations ?? fresh.update({ annotations }),
    () => {},
  );
  const found = await openPictures(remote, kept, clip.facts.channels);
  if (mine !== opening) return;
  pictures = found;
  fresh.update({ survey: commonProgress(found, surveys) });
  const picture = found[0]!;
  const limits = { durationSec: clip.facts.durationSec, minSpanSec: 32 / clip.facts.sampleRateHz };
  const state = createStore<ViewState>({
    ...kept,
    viewport: kept.viewport && clampViewport(kept.viewport, limits),
    selection: clampSelection(kept.selection, limits.durationSec),
    cursorSec: Math.min(kept.cursorSec, limits.durationSec),
  });
  const axis = createFrequencyAxis(picture.features);
  const shared = { clip, remote, state, live: fresh, limits, axis, text, snapPoints: new Set<() => number[]>() };
  const model: ViewModel = { ...shared, pictures: found, picture, loudness: commonLoudness(found) };
  state.subscribe((now, before) => {
    kept = now;
    keepSoon();
    // Another picture: the view is built anew for it, arranged as it was.
    const other = now.channel !== before.channel || now.channelLayout !== before.channelLayout;
    if (other || now.picture !== before.picture) void showClip(clip, ++opening).catch(() => {});
  });
  const shown = createView(model);
  const focused = root.contains(document.activeElement) || document.activeElement === document.body;
  pages.showView(shown);
  for (const act of waiting.splice(0)) act(shown);
  if (focused) shown.focus();
}

let keeping: number | undefined;
function keepSoon(): void {
  if (keeping !== undefined) return;
  keeping = window.setTimeout(() => {
    keeping = undefined;
    host.setState(kept);
  }, 200);
}

void open();
