import type { UtterancePlace } from '../../../src/shared/protocol/profiler.ts';
import { createPlayer, type Player } from '../../ui/player.ts';
import type { PanelParts } from '../panelParts.ts';

/** Plays one utterance at a time, pulled from the host piece by piece. */
export interface UtterancePlayer {
  /** Index in the step of the one that plays. */
  readonly playing: number | undefined;
  /** Begins, or stops the one that plays. */
  toggle(place: UtterancePlace): Promise<void>;
  stop(): void;
}

/** `changed` is told what plays now, and why something could not be played. */
export function createUtterancePlayer(
  { remote, text }: PanelParts,
  changed: (playing: number | undefined, failure?: unknown) => void,
): UtterancePlayer {
  let player: Player | undefined;
  let playing: number | undefined;
  const stop = () => {
    player?.stop();
    player = undefined;
    playing = undefined;
  };
  return {
    get playing() {
      return playing;
    },
    async toggle(place) {
      const same = playing === place.index;
      stop();
      if (same) return changed(undefined);
      playing = place.index;
      changed(playing);
      try {
        // What it is like is known only from the recording.
        const { sampleRateHz, totalSamples } = await remote.samples(place, 0, 0);
        if (playing !== place.index) return;
        const mine = createPlayer({
          sampleRateHz,
          totalSamples,
          pull: async (start, count) => new Float32Array((await remote.samples(place, start, count)).data),
          changed(isPlaying, failure) {
            if (isPlaying || player !== mine) return;
            player = undefined;
            playing = undefined;
            changed(undefined, failure);
          },
          blocked: text.soundBlocked,
          loop: () => false,
        });
        player = mine;
        mine.play(0, totalSamples / sampleRateHz);
      } catch (error) {
        if (playing !== place.index) return;
        stop();
        changed(undefined, error);
      }
    },
    stop,
  };
}
