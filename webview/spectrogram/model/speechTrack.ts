import { mixedChannels } from '../../../src/shared/protocol/spectrogram.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import type { Stretch } from '../hand/selection.ts';
import { createBoxes } from '../tracks/boxes.ts';
import { createTrack, stretchText } from '../tracks/track.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import type { TrackParts } from './modelTracks.ts';

/** Where the voice detector finds speech; looked for while the lane is shown. */
export function createSpeechTrack({ layout, model, text, choose, perform, leave, widthPx }: TrackParts): {
  show(): void;
  dispose(): void;
} {
  const track = createTrack(layout, 'speech', text.names.speech);
  track.row.title = text.titles.speech;
  const note = element('div', { class: 'track-note' });
  const share = element('div', { class: 'speech-share', attributes: { 'aria-hidden': 'true' } });
  const said = element('div', { class: 'speech-said' });
  track.row.append(note);
  track.body.append(share, said);
  const boxes = createBoxes<Stretch>(track.body, {
    make(segment) {
      const name = fill(text.speechAt, stretchText(segment));
      return element('button', { class: 'speech-segment', label: name, title: name, attributes: { type: 'button' } });
    },
    ...{ press: choose.play, reveal: choose.reveal, perform, leave },
  });
  const listening = createListening(model);
  return {
    dispose: listening.stop,
    show() {
      track.row.hidden = !model.state.state.lanes.speech;
      if (track.row.hidden) return;
      listening.start();
      const { segments = [], done = 0, complete = false, failure } = model.live.state.speech ?? {};
      const viewport = viewportOf(model);
      boxes.show(segments, viewport, widthPx(), model.live.state.playSec);
      const { durationSec } = model.limits;
      share.hidden = complete;
      const unknownFrom = (done * durationSec - viewport.startSec) / (viewport.endSec - viewport.startSec);
      share.style.left = `${100 * Math.max(0, Math.min(1, unknownFrom))}%`;
      note.textContent = complete || failure ? '' : fill(text.findingSpeech, Math.floor(100 * done));
      const sentence = failure
        ? fill(text.speechFailed, failure)
        : complete && segments.length === 0
          ? text.noSpeech
          : '';
      if (said.textContent !== sentence) said.textContent = sentence;
    },
  };
}

/** Asks for more until all is known, the lane is hidden or the view is gone. */
function createListening({ live, remote, state }: ViewModel): { start(): void; stop(): void } {
  let asking = false;
  let stopped = false;
  const ask = async (): Promise<void> => {
    while (state.state.lanes.speech && !stopped) {
      const { segments = [], complete = false } = live.state.speech ?? {};
      if (complete) return;
      const found = await remote.speech(mixedChannels, segments.length);
      const more = found.segments.length === 0 ? segments : [...segments, ...found.segments];
      live.update({ speech: { ...found, segments: more } });
    }
  };
  return {
    start() {
      if (asking || live.state.speech?.complete || live.state.speech?.failure !== undefined) return;
      asking = true;
      ask()
        .catch((error: unknown) => {
          const failure = error instanceof Error ? error.message : String(error);
          live.update({ speech: { segments: [], done: 0, complete: false, ...live.state.speech, failure } });
        })
        .finally(() => {
          asking = false;
        });
    },
    stop() {
      stopped = true;
    },
  };
}
