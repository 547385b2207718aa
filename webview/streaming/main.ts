import { connect } from '../../src/shared/protocol/channel.ts';
import {
  type StreamEnd,
  type StreamingChoice,
  type StreamingHost,
  type StreamingView,
  type StreamSettings,
  streamingViewChecks,
} from '../../src/shared/protocol/streaming.ts';
import type { StreamEvent } from '../../src/shared/streaming/streamEvents.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { onThemeChange } from '../ui/theme.ts';
import { takeHost } from '../ui/vscodeApi.ts';
import { createSimulatorPage } from './page.ts';
import { freshRun, isGoing, type StreamRun, takeEvent } from './streamRun.ts';
import { stringsFor } from './strings.ts';
import { restoreSettings, type ViewState } from './viewState.ts';

const host = takeHost();
const text = stringsFor(document.documentElement.lang);
const root = document.getElementById('root')!;
let choice: StreamingChoice = { recording: null, model: null, playing: false };
let run: StreamRun | undefined;
let drawing: number | undefined;

const { remote } = connect<StreamingView, StreamingHost>(
  host.port,
  {
    chosen(next) {
      choice = next;
      keep();
      draw();
    },
    told(events) {
      run = events.reduce((before: StreamRun, event: StreamEvent) => takeEvent(before, event), run ?? freshRun());
      draw();
    },
    ended({ state, message }: StreamEnd) {
      run = { ...(run ?? freshRun()), state, message };
      draw();
    },
  },
  streamingViewChecks,
);
const tell = (what: Promise<void>) => void what.catch(() => {});

const page = createSimulatorPage(restoreSettings(host.getState()), text, {
  chooseRecording: () => tell(remote.chooseRecording()),
  chooseModel: () => tell(remote.chooseModel()),
  start,
  stop: () => tell(remote.stop()),
  changed: keep,
});

function start(settings: StreamSettings): void {
  if (choice.recording === null || choice.model === null || (run && isGoing(run))) return;
  run = freshRun();
  draw();
  tell(remote.start(settings));
}

function keep(): void {
  const state: ViewState = { recording: choice.recording, model: choice.model, settings: page.settings };
  host.setState(state);
}

/** Once per frame, however much was told. */
function draw(): void {
  if (drawing !== undefined) return;
  drawing = requestAnimationFrame(() => {
    drawing = undefined;
    page.show(choice, run);
    // For those who look at the page from outside.
    root.dataset.state = run?.state ?? 'empty';
  });
}

async function open(): Promise<void> {
  try {
    choice = await remote.open();
    root.replaceChildren(page.element);
    keep();
    draw();
  } catch (error) {
    const message = fill(text.failed, error instanceof Error ? error.message : String(error));
    root.replaceChildren(element('div', { class: 'empty', role: 'alert' }, element('p', { text: message })));
  }
}

document.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) start(page.settings);
  else if (event.key === 'Escape' && run && isGoing(run)) tell(remote.stop());
  else return;
  event.preventDefault();
});
onThemeChange(draw);

void open();
