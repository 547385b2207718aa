import { fvadWasm } from './fvad.generated.ts';

/** WebRTC's voice activity detector (Gaussian mixtures over six bands, without weights of ours) for one stream. */
export interface VoiceDetector {
  /** Samples of one frame. */
  readonly frameSamples: number;
  /** Whether the next frame of the stream holds speech: [frameSamples] in −1…1. */
  isSpeech(frame: Float32Array): boolean;
  /** Begins a new stream. */
  reset(): void;
  dispose(): void;
}

export interface VoiceDetectorOptions {
  /** One of `voiceRatesHz`. */
  sampleRateHz: number;
  /** 10, 20 or 30. */
  frameMs: number;
  /** 0 takes most for speech, 3 least. */
  mode: number;
}

export const voiceRatesHz: readonly number[] = [8000, 16_000, 32_000, 48_000];
export const voiceFramesMs: readonly number[] = [10, 20, 30];

/** The exports of the package's build by their minified names; a test checks them against its JavaScript. */
export const fvadExports = {
  memory: 'c',
  initialize: 'd',
  create: 'e',
  allocate: 'f',
  reset: 'g',
  destroy: 'h',
  setMode: 'j',
  setRate: 'k',
  process: 'l',
} as const;

interface Fvad {
  memory: WebAssembly.Memory;
  create(): number;
  allocate(bytes: number): number;
  reset(detector: number): void;
  destroy(detector: number): void;
  setMode(detector: number, mode: number): number;
  setRate(detector: number, hertz: number): number;
  process(detector: number, frame: number, samples: number): number;
}

const longestFrame = 48 * 30;
let shared: Promise<{ fvad: Fvad; frame: number }> | undefined;

/** Throws a RangeError for a rate, frame or mode that WebRTC does not have. */
export async function createVoiceDetector(options: VoiceDetectorOptions): Promise<VoiceDetector> {
  const { sampleRateHz, frameMs, mode } = options;
  if (!voiceRatesHz.includes(sampleRateHz) || !voiceFramesMs.includes(frameMs) || ![0, 1, 2, 3].includes(mode))
    throw new RangeError(`no voice detector for ${sampleRateHz} Hz, frames of ${frameMs} ms, mode ${mode}`);
  shared ??= instantiate();
  const { fvad, frame } = await shared;
  const frameSamples = (sampleRateHz / 1000) * frameMs;
  const detector = fvad.create();
  if (detector === 0) throw new Error('the voice detector has no memory left');
  const configure = () => {
    if (fvad.setMode(detector, mode) < 0 || fvad.setRate(detector, sampleRateHz) < 0)
      throw new Error('the voice detector refused its settings');
  };
  configure();
  return {
    frameSamples,
    isSpeech(samples) {
      if (samples.length !== frameSamples)
        throw new RangeError(`a frame has ${frameSamples} samples, not ${samples.length}`);
      const view = new Int16Array(fvad.memory.buffer, frame, frameSamples);
      for (let i = 0; i < frameSamples; i++) view[i] = toInt16(samples[i]!);
      const found = fvad.process(detector, frame, frameSamples);
      if (found < 0) throw new Error('the voice detector refused a frame');
      return found === 1;
    },
    reset() {
      fvad.reset(detector);
      configure();
    },
    dispose: () => fvad.destroy(detector),
  };
}

/** Not-a-number is silence, so that one bad sample does not become a click. */
const toInt16 = (sample: number) => Math.min(32_767, Math.max(-32_768, Math.round(sample * 32_768))) || 0;

async function instantiate(): Promise<{ fvad: Fvad; frame: number }> {
  const bytes = Uint8Array.from(atob(fvadWasm), (character) => character.charCodeAt(0));
  const imports = {
    a: {
      /** __assert_fail */
      a: () => {
        throw new Error('the voice detector failed an assertion of its own');
      },
      /** emscripten_resize_heap(bytes): a detector takes less than a kilobyte, so the heap never has to grow. */
      b: () => 0,
    },
  };
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes), imports);
  (exports[fvadExports.initialize] as () => void)();
  const fvad = Object.fromEntries(
    Object.entries(fvadExports).map(([name, minified]) => [name, exports[minified]]),
  ) as unknown as Fvad;
  return { fvad, frame: fvad.allocate(2 * longestFrame) };
}
