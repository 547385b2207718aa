import type { SoundPiece } from '../../src/shared/protocol/samples.ts';
import { createPlayer, type Player } from './player.ts';

/** Plays one of many stretches at a time, pulled from the host piece by piece. */
export interface SoundPlayer<Key> {
  /** The one that plays. */
  readonly playing: Key | undefined;
  /** Begins, or stops the one that plays. */
  toggle(key: Key): Promise<void>;
  stop(): void;
}

export interface SoundPlayerOptions<Key> {
  read(key: Key, startSample: number, count: number): Promise<SoundPiece>;
  /** What to say when the browser allows no sound before a click into the page. */
  blocked: string;
  /** Told what plays now, and why something could not be played. */
  changed(playing: Key | undefined, failure?: unknown): void;
}

export function createSoundPlayer<Key extends string | number>(options: SoundPlayerOptions<Key>): SoundPlayer<Key> {
  const { read, blocked, changed } = options;
  let player: Player | undefined;
  let playing: Key | undefined;
  const stop = () => {
    player?.stop();
    player = undefined;
    playing = undefined;
  };
  return {
    get playing() {
      return playing;
    },
    async toggle(key) {
      const same = playing === key;
      stop();
      if (same) return changed(undefined);
      playing = key;
      changed(playing);
      try {
        // What it is like is known only from the recording.
        const { sampleRateHz, totalSamples } = await read(key, 0, 0);
        if (playing !== key) return;
        const mine = createPlayer({
          sampleRateHz,
          totalSamples,
          pull: async (start, count) => [new Float32Array((await read(key, start, count)).data)],
          changed(isPlaying, failure) {
            if (isPlaying || player !== mine) return;
            player = undefined;
            playing = undefined;
            changed(undefined, failure);
          },
          blocked,
          loop: () => false,
        });
        player = mine;
        mine.play(0, totalSamples / sampleRateHz);
      } catch (error) {
        if (playing !== key) return;
        stop();
        changed(undefined, error);
      }
    },
    stop,
  };
}
