import { formatDb, formatDuration, formatHz, formatTime } from '../ui/axisText.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { stretchOf } from './hand/selection.ts';
import type { Layout } from './layout.ts';
import { type PictureStrings, pictureStringsFor } from './picture/pictureStrings.ts';
import type { SpectrogramLane } from './picture/spectrogramLane.ts';
import { bandsOf, type ViewModel, viewportOf } from './viewModel.ts';

/** The values at a place, as text. */
export interface Reading {
  time: string;
  /** Counted from 0: of the file, and as the features have them. */
  sample: string;
  frame: string;
  bin: string;
  frequency: string;
  level: string;
}

export function readingAt(model: ViewModel, lane: SpectrogramLane, sec: number, share: number): Reading {
  const { facts } = model.clip;
  const band = model.axis.bandAt(share);
  const found = lane.levelAt(sec, band);
  const highest = found && found.frames > 1 ? ` (${fill(model.text.highestOfFrames, found.frames)})` : '';
  return {
    time: formatTime(sec),
    sample: Math.min(facts.samples - 1, Math.round(sec * facts.sampleRateHz)).toLocaleString('en'),
    frame: lane.frameAt(sec).toLocaleString('en'),
    bin: String(band),
    frequency: formatHz(model.axis.toHz(share)),
    level: found ? `${formatDb(found.db)}${highest}` : '–',
  };
}

function readingText({ time, sample, frame, frequency, bin, level }: Reading, words: PictureStrings): string {
  const counted = [fill(words.sampleAt, sample), fill(words.frameAt, frame)];
  return [time, ...counted, frequency, bin && fill(words.binAt, bin), level].filter(Boolean).join('  ·  ');
}

/** The visible frequencies. */
export function bandsText(model: ViewModel): string {
  const { low, high } = bandsOf(model);
  return `${formatHz(Math.max(0, model.axis.toHz(low)))} – ${formatHz(model.axis.toHz(high))}`;
}

/** The line under the lanes, and the cursor's value for screen readers. */
export function createReadout(layout: Layout, model: ViewModel, lanes: readonly SpectrogramLane[]): { show(): void } {
  const { text } = model;
  const words = pictureStringsFor(document.documentElement.lang);
  const item = (name: string) => element('span', { class: `status-item ${name}` });
  const cursor = item('status-cursor');
  const selection = item('status-selection');
  const progress = item('status-progress');
  const view = item('status-view');
  layout.status.append(cursor, selection, progress, view);
  const { stage } = layout;
  const roleOfStage = { role: 'slider', 'aria-label': fill(text.cursor, model.clip.name), 'aria-valuemin': '0' };
  for (const [name, value] of Object.entries(roleOfStage)) stage.setAttribute(name, value);
  stage.setAttribute('aria-valuemax', model.limits.durationSec.toFixed(3));

  return {
    show() {
      const { state, live } = model;
      const { hover } = live.state;
      const lane = lanes[hover?.lane ?? 0] ?? lanes[0]!;
      const atCursor = readingAt(model, lane, state.state.cursorSec, state.state.cursorShare);
      const shown =
        hover?.share !== undefined
          ? readingAt(model, lane, hover.sec, hover.share)
          : hover
            ? { ...readingAt(model, lane, hover.sec, state.state.cursorShare), frequency: '', bin: '', level: '' }
            : atCursor;
      cursor.textContent = readingText(shown, words);
      stage.setAttribute('aria-valuenow', state.state.cursorSec.toFixed(3));
      const described = fill(text.cursorText, atCursor.time, atCursor.frequency, atCursor.level);
      if (stage.getAttribute('aria-valuetext') !== described) stage.setAttribute('aria-valuetext', described);
      const stretch = stretchOf(state.state.selection);
      selection.textContent = stretch
        ? `${text.selection} ${formatTime(stretch.startSec)} – ${formatTime(stretch.endSec)}  (${formatDuration(stretch.endSec - stretch.startSec)})`
        : text.noSelection;
      selection.classList.toggle('quiet', !stretch);
      const done = live.state.survey?.done ?? 1;
      progress.textContent = done < 1 ? fill(text.analysing, Math.floor(done * 100)) : '';
      const { startSec, endSec } = viewportOf(model);
      const heights = state.state.bands ? `, ${bandsText(model)}` : '';
      view.textContent = `${text.view} ${formatDuration(endSec - startSec)}${heights}`;
    },
  };
}
