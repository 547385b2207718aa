import type { AugmentSide } from '../../../src/shared/protocol/spectrogramAugment.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createPlayer, type Player } from '../../ui/player.ts';
import { createButton } from '../../ui/toolkit.ts';
import type { Moves } from '../hand/moves.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import { createAugmentPanel } from './augmentPanel.ts';
import { createAugmentSource } from './augmentSource.ts';
import { createAugmentTrack } from './augmentTrack.ts';
import type { LoadedPreview } from './compareLive.ts';
import type { CompareStrings } from './strings.ts';

export interface Augment {
  show(): void;
  /** The training set is being measured. */
  measured(share: number): void;
  dispose(): void;
}

/** What training will do to the clip, epoch by epoch, to see and to hear; `stopMain` silences the recording itself. */
export function createAugment(
  layout: Layout,
  model: ViewModel,
  moves: Moves,
  stopMain: () => void,
  text: CompareStrings,
): Augment {
  const { state, live } = model;
  const source = createAugmentSource(model);
  const track = createAugmentTrack(layout, model, text);
  const sound = createPreviewSound(model);
  const setEpoch = (epoch: number) => {
    sound.stop();
    state.update({ augment: { side: state.state.augment?.side ?? 'augmented', epoch } });
    source.request(epoch);
  };
  const close = () => {
    sound.stop();
    source.clear();
    state.update({ augment: undefined });
    layout.stage.focus({ preventScroll: true });
  };
  const panel = createAugmentPanel(layout, model, moves, text, {
    setEpoch,
    close,
    setSide(side) {
      sound.stop();
      state.update({ augment: { epoch: state.state.augment?.epoch ?? 1, side } });
    },
    togglePlay() {
      if (live.state.augmentPlaying) return sound.stop();
      stopMain();
      const load = live.state.augmentLoad;
      if (load.kind === 'loaded') sound.play(load.loaded, state.state.augment?.side ?? 'augmented');
    },
    again: () => setEpoch(state.state.augment?.epoch ?? 1),
  });
  const tool = createTool(layout, text, () => (state.state.augment ? close() : setEpoch(1)));
  return {
    show() {
      const { augment, cursorSec } = state.state;
      tool.setAttribute('aria-pressed', String(augment !== undefined));
      tool.classList.toggle('pressed', augment !== undefined);
      if (augment && live.state.augmentLoad.kind === 'nothing') source.request(augment.epoch);
      const { augmentLoad: load, augmentPlaying: playing, augmentPlaySec } = live.state;
      if (live.state.playing) sound.stop();
      const loaded = load.kind === 'loaded' ? load.loaded : load.kind === 'loading' ? load.before : undefined;
      const side = augment?.side ?? 'augmented';
      track.show(augment && loaded, side, augmentPlaySec);
      const { startSec = 0, endSec = Number.POSITIVE_INFINITY } = loaded?.preview ?? {};
      const elsewhere = load.kind === 'loaded' && (cursorSec < startSec || cursorSec > endSec);
      panel.show(augment && { load, epoch: augment.epoch, side, playing, elsewhere });
    },
    measured: source.measured,
    dispose() {
      sound.stop();
      source.clear();
      track.dispose();
    },
  };
}

function createTool(layout: Layout, text: CompareStrings, onPress: () => void): HTMLElement {
  const tool = createButton({ icon: 'augment', label: text.augmentHint, class: 'tool-augment', onPress });
  layout.toolbar.insertBefore(
    element('div', { class: 'tool-group' }, tool),
    layout.toolbar.querySelector(':scope > .facts'),
  );
  return tool;
}

/** Plays a side of a preview. */
function createPreviewSound({ remote, live, state, text }: ViewModel) {
  let player: Player | undefined;
  return {
    play({ preview }: LoadedPreview, side: AugmentSide) {
      const { id, sampleRateHz, sides, startSec, speed } = preview;
      const mine = createPlayer({
        sampleRateHz,
        totalSamples: sides[side].samples,
        pull: async (start, count) => [new Float32Array(await remote.augmentedSamples(id, side, start, count))],
        blocked: text.soundBlocked,
        loop: () => state.state.loop,
        changed(augmentPlaying, failure) {
          live.update({ augmentPlaying, augmentPlaySec: undefined });
          if (!failure) return;
          const reason = failure instanceof Error ? failure.message : String(failure);
          live.update({ failure: { message: fill(text.cannotPlay, reason), actions: [] } });
        },
      });
      const follow = () => {
        if (!mine.playing) return;
        const sec = mine.positionSec();
        if (sec !== undefined) live.update({ augmentPlaySec: startSec + sec * (side === 'augmented' ? speed : 1) });
        requestAnimationFrame(follow);
      };
      player = mine;
      mine.play(0, sides[side].samples / sampleRateHz);
      requestAnimationFrame(follow);
    },
    stop() {
      player?.stop();
      player = undefined;
    },
  };
}
