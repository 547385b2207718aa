import { loadResampler } from '../../dsp/resample.ts';
import { createSpeechTracker, defaultSpeechRules, type SpeechTracker } from '../../dsp/vad/speechTracker.ts';
import { createVoiceDetector, voiceRatesHz } from '../../dsp/vad/voiceDetector.ts';

/** The voice detector on a stream of any rate. */
export interface StreamVoice {
  push(samples: Float32Array): void;
  readonly tracker: SpeechTracker;
  /** Decision for every frame so far. */
  readonly frameSec: number;
  dispose(): void;
}

const mode = 2;
const frameMs = 30;
/** What rates that the detector does not know are turned into. */
const otherRateHz = 16_000;

/** `onFrame` hears every decision. */
export async function createStreamVoice(
  sampleRateHz: number,
  onFrame: (speech: boolean) => void = () => undefined,
): Promise<StreamVoice> {
  const known = voiceRatesHz.includes(sampleRateHz);
  const resampler = known ? undefined : await loadResampler();
  const detector = await createVoiceDetector({ sampleRateHz: known ? sampleRateHz : otherRateHz, frameMs, mode });
  const tracker = createSpeechTracker({ ...defaultSpeechRules, frameSec: frameMs / 1000 });
  let held: Float32Array = new Float32Array(0);
  let frames = 0;
  let consumed = 0;
  return {
    tracker,
    frameSec: frameMs / 1000,
    push(samples) {
      const joined = new Float32Array(held.length + samples.length);
      joined.set(held);
      joined.set(samples, held.length);
      let at = 0;
      // Frames of such a rate need not be whole samples: each ends where time says.
      for (;;) {
        const length = Math.round(((frames + 1) * frameMs * sampleRateHz) / 1000) - consumed;
        if (at + length > joined.length) break;
        const native = joined.subarray(at, at + length);
        const frame = new Float32Array(detector.frameSamples);
        frame.set((resampler?.resample(native, sampleRateHz, otherRateHz) ?? native).subarray(0, frame.length));
        const speech = detector.isSpeech(frame);
        tracker.push(speech);
        onFrame(speech);
        at += length;
        consumed += length;
        frames++;
      }
      held = joined.slice(at);
    },
    dispose: () => detector.dispose(),
  };
}
