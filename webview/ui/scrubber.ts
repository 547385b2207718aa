import type { AudioOutput } from './audioOutput.ts';
import type { Pull } from './playedPieces.ts';

/** Moments of sound where somebody moves along a clip. */
export interface Scrubber {
  /** Where it is now; places passed in between are left out. */
  hear(sec: number): void;
  stop(): void;
}

const grainSec = 0.1;
/** Grains overlap by a half, so that a slow movement sounds without gaps. */
const everySec = 0.05;
const idleMs = 300;

export function createScrubber(output: AudioOutput, pull: Pull, totalSamples: number): Scrubber {
  const { sampleRateHz } = output;
  const length = Math.round(grainSec * sampleRateHz);
  const fade = Float32Array.from({ length }, (_, i) => Math.sin((Math.PI * (i + 0.5)) / length) ** 2);
  let wantedSec: number | undefined;
  let running = false;
  let idle: ReturnType<typeof setTimeout> | undefined;

  const hearGrains = async () => {
    await output.start();
    while (wantedSec !== undefined) {
      const start = Math.round(wantedSec * sampleRateHz - length / 2);
      wantedSec = undefined;
      const first = Math.max(0, Math.min(totalSamples - length, start));
      const channels = await pull(first, length);
      if ((channels[0]?.length ?? 0) > 0)
        output.play(
          channels.map((samples) => samples.map((value, i) => value * fade[i]!)),
          output.nowSec,
        );
      await new Promise((resolve) => setTimeout(resolve, everySec * 1000));
    }
  };
  return {
    hear(sec) {
      wantedSec = sec;
      clearTimeout(idle);
      if (running) return;
      running = true;
      hearGrains()
        // A moment that cannot be heard is no reason to interrupt: playing says why there is no sound.
        .catch(() => {})
        .finally(() => {
          running = false;
          idle = setTimeout(() => output.suspend(), idleMs);
        });
    },
    stop() {
      wantedSec = undefined;
      clearTimeout(idle);
    },
  };
}
