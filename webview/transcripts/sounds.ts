import type { Remote } from '../../src/shared/protocol/channel.ts';
import type { TranscriptsHost } from '../../src/shared/protocol/transcripts.ts';
import { createPlayer, type Player } from '../ui/player.ts';

/** Plays stretches of the items' recordings, one at a time. */
export interface Sounds {
  play(item: number, startSec: number, endSec: number): Promise<void>;
  stop(): void;
}

/** `changed` tells which item plays, or that none does any more, with the reason where it cannot. */
export function createSounds(
  remote: Remote<TranscriptsHost>,
  blocked: string,
  changed: (item: number | undefined, failure?: unknown) => void,
): Sounds {
  let current: { item: number; player: Player } | undefined;
  /** Counts what was asked for, so that what was asked for before does not begin after it. */
  let asked = 0;
  const open = async (item: number): Promise<Player> => {
    const { sampleRateHz, samples } = await remote.sound(item);
    return createPlayer({
      sampleRateHz,
      totalSamples: samples,
      pull: async (start, count) => [new Float32Array(await remote.samples(item, start, count))],
      blocked,
      loop: () => false,
      changed: (playing, failure) => changed(playing ? item : undefined, failure),
    });
  };
  const stop = () => {
    asked++;
    current?.player.stop();
  };
  return {
    async play(item, startSec, endSec) {
      stop();
      const mine = asked;
      try {
        if (current?.item !== item) {
          const player = await open(item);
          if (mine !== asked) return;
          current = { item, player };
        }
        current.player.play(startSec, endSec);
      } catch (error) {
        if (mine === asked) changed(undefined, error);
      }
    },
    stop,
  };
}
