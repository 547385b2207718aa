/** The loudspeaker of a page; its clock runs only while something is heard. */
export interface AudioOutput {
  /** The clip's own rate: pieces are neither resampled one by one nor cracked at their seams. */
  readonly sampleRateHz: number;
  /** The clock of what is computed now, in seconds. */
  readonly nowSec: number;
  /** The clock at the loudspeaker, which is behind the one that computes. */
  readonly heardSec: number;
  /** Must begin in a handler of a key or a click: browsers allow sound only then. Throws where it is not allowed. */
  start(): Promise<void>;
  suspend(): void;
  /** Begins a piece, one array per channel, at a time of the clock. */
  play(channels: Float32Array[], atSec: number): AudioPiece;
}

export interface AudioPiece {
  stop(): void;
}

/** `blocked` is what to say when the browser allows no sound before a click into the page. */
export function createAudioOutput(sampleRateHz: number, blocked: string): AudioOutput {
  let context: AudioContext | undefined;
  return {
    sampleRateHz,
    get nowSec() {
      return context?.currentTime ?? 0;
    },
    get heardSec() {
      return context ? heardSec(context) : 0;
    },
    async start() {
      context ??= new AudioContext({ sampleRate: sampleRateHz, latencyHint: 'interactive' });
      // A clock that was not allowed to start waits for ever instead of failing.
      const patience = new Promise((resolve) => setTimeout(resolve, 1500));
      await Promise.race([context.resume(), patience]);
      if (context.state !== 'running') throw new Error(blocked);
    },
    suspend: () => void context?.suspend(),
    play(channels, atSec) {
      const source = context!.createBufferSource();
      source.buffer = context!.createBuffer(channels.length, channels[0]!.length, sampleRateHz);
      for (const [channel, samples] of channels.entries())
        source.buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, channel);
      source.connect(context!.destination);
      source.start(atSec);
      source.onended = () => source.disconnect();
      return {
        stop() {
          source.stop();
          source.disconnect();
        },
      };
    },
  };
}

function heardSec(context: AudioContext): number {
  const { contextTime, performanceTime } = context.getOutputTimestamp();
  if (!contextTime || !performanceTime) return context.currentTime - (context.outputLatency || 0);
  return contextTime + (performance.now() - performanceTime) / 1000;
}
