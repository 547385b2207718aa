import type { Player } from '../../ui/player.ts';
import type { Action } from '../actions.ts';
import type { Moves } from '../hand/moves.ts';
import type { Stretch } from '../hand/selection.ts';
import { reveal } from '../hand/viewport.ts';
import type { Layout } from '../layout.ts';
import { createWordTrack } from '../tracks/wordTrack.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { createAlignmentTrack } from './alignmentTrack.ts';
import { recallInspections } from './inspection.ts';
import { createModelDetails } from './modelDetails.ts';
import { createNoteTrack } from './noteTrack.ts';
import { createPosteriorStore } from './posteriorStore.ts';
import { createPosteriorTrack } from './posteriorTrack.ts';
import { createSpeechTrack } from './speechTrack.ts';
import { type ModelStrings, modelStringsFor } from './strings.ts';

/** What tracks of stretches share. */
export interface TrackParts {
  layout: Layout;
  model: ViewModel;
  text: ModelStrings;
  choose: {
    /** Selects a stretch and plays it. */
    play(stretch: Stretch): void;
    /** Puts the cursor on a stretch and brings it into sight. */
    reveal(stretch: Stretch): void;
  };
  perform(action: Action): void;
  /** Width of the lanes. Asking an element for it while others are being placed would lay out the page each time. */
  widthPx(): number;
  /** Gives the focus back to the lanes. */
  leave(): void;
}

export interface ModelTracks {
  show(): void;
  dispose(): void;
}

export interface ModelTracksParts {
  layout: Layout;
  model: ViewModel;
  moves: Moves;
  player: Player;
  perform(action: Action): void;
  /** Something is to be shown that no state tells. */
  schedule(): void;
}

/** What is heard in the recording, by models and by the voice detector, as rows under the picture. */
export function createModelTracks({ layout, model, moves, player, perform, schedule }: ModelTracksParts): ModelTracks {
  const text = modelStringsFor(document.documentElement.lang);
  const choose: TrackParts['choose'] = {
    play(stretch) {
      moves.select(stretch);
      model.state.update({ cursorSec: stretch.startSec });
      player.play(stretch.startSec, stretch.endSec);
    },
    reveal({ startSec, endSec }) {
      const viewport = reveal(reveal(viewportOf(model), endSec, model.limits), startSec, model.limits);
      model.state.update({ cursorSec: startSec, viewport });
    },
  };
  const leave = () => layout.stage.focus({ preventScroll: true });
  let widthPx = 0;
  const resized = new ResizeObserver(([entry]) => {
    widthPx = entry!.contentRect.width;
    schedule();
  });
  resized.observe(layout.stage);
  const parts: TrackParts = { layout, model, text, choose, perform, widthPx: () => widthPx, leave };
  const store = createPosteriorStore(model.remote, schedule);
  // In this order they stand under the picture.
  const words = createWordTrack(parts);
  const note = createNoteTrack(parts);
  const alignment = createAlignmentTrack(parts);
  const posteriors = createPosteriorTrack(parts, store, moves);
  const speech = createSpeechTrack(parts);
  const shown = [words, note, alignment, posteriors, speech, createModelDetails(parts, posteriors)];
  void recallInspections(model);
  return {
    show() {
      for (const part of shown) part.show();
    },
    dispose() {
      resized.disconnect();
      store.dispose();
      posteriors.dispose();
      speech.dispose();
    },
  };
}
