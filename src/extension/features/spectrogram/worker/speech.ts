import type { AudioClip } from '../../../../dsp/audioClip.ts';
import { loadResampler } from '../../../../dsp/resample.ts';
import { defaultSegmentRules, type SpeechSegment } from '../../../../dsp/vad/speechSegments.ts';
import { createSpeechStream } from '../../../../dsp/vad/speechStream.ts';
import { createVoiceDecimator, decimatedHz } from '../../../../dsp/vad/voiceDecimator.ts';
import { createVoiceDetector, voiceRatesHz } from '../../../../dsp/vad/voiceDetector.ts';
import type { ChannelChoice } from '../../../../shared/protocol/spectrogram.ts';
import type { SpeechFound } from '../../../../shared/protocol/spectrogramModel.ts';
import { createChannelReader } from './channelReader.ts';

/** Where speech is in one channel, found from its start on while somebody asks. */
export interface Speech {
  /** Segments from the `from`-th on; hears a little more when there is none yet. */
  ask(from: number): Promise<SpeechFound>;
  dispose(): void;
}

const frameMs = 30;
/** Whole seconds, so that parts begin on a sample and on a frame at any rate. */
const partSec = 21;
/** Heard on both sides of a part, so that resampling has no edges. */
const contextSec = 1;
const segmentsPerAnswer = 2000;
const answerAfterMs = 150;
/** As long as this what the picture needs goes first; then a part is heard all the same. */
const patienceMs = 1000;
/** The detector's own words: not padded for a recogniser, and not cut where somebody speaks long. */
const rules = {
  ...defaultSegmentRules,
  frameSec: frameMs / 1000,
  paddingSec: 0,
  maxSegmentSec: Number.POSITIVE_INFINITY,
};

/** `busy` says whether work of more weight is going on. */
export function createSpeech(clip: AudioClip, channel: ChannelChoice, busy: () => boolean): Speech {
  const found: SpeechSegment[] = [];
  const { sampleRateHz, frames } = clip.info;
  const parts = Math.ceil(frames / (sampleRateHz * partSec));
  const hearing = createHearing(clip, channel);
  let heard = 0;
  let working: Promise<void> | undefined;
  const advance = async (): Promise<void> => {
    const startMs = performance.now();
    while (busy() && performance.now() - startMs < patienceMs) await pause(30);
    const untilMs = performance.now() + answerAfterMs;
    do {
      found.push(...(await hearing.hear(heard, heard === parts - 1)));
      heard++;
      // Requests that came in the meantime go first.
      await pause(0);
    } while (heard < parts && performance.now() < untilMs);
  };
  return {
    async ask(from) {
      if (heard < parts && from >= found.length) {
        working ??= advance().finally(() => {
          working = undefined;
        });
        await working;
      }
      const segments = found.slice(from, from + segmentsPerAnswer);
      return {
        segments,
        done: parts === 0 ? 1 : heard / parts,
        complete: heard === parts && from + segments.length === found.length,
      };
    },
    // What is going on ends with its part.
    dispose: () => void Promise.allSettled([working]).then(hearing.dispose),
  };
}

const pause = (ms: number) =>
  new Promise<void>((resolve) => (ms > 0 ? setTimeout(resolve, ms) : setImmediate(resolve)));

async function rateChanger(fromHz: number): Promise<(samples: Float32Array) => Float32Array> {
  if (fromHz > decimatedHz) return createVoiceDecimator(fromHz);
  const resampler = await loadResampler();
  return (samples) => resampler.resample(samples, fromHz, decimatedHz);
}

/** Hears the parts one after another; returns the segments that are final. */
function createHearing(clip: AudioClip, channel: ChannelChoice) {
  const reader = createChannelReader(clip, channel);
  const fromHz = reader.sampleRateHz;
  const native = voiceRatesHz.includes(fromHz);
  const toHz = native ? fromHz : decimatedHz;
  const toVoiceRate = rateChanger(fromHz);
  const stream = createSpeechStream(rules);
  const detector = createVoiceDetector({ sampleRateHz: toHz, frameMs, mode: 2 });
  const readPart = async (part: number): Promise<Float32Array> => {
    if (native) return reader.read(part * partSec * fromHz, partSec * fromHz);
    const startSec = Math.max(0, part * partSec - contextSec);
    const endSec = (part + 1) * partSec + contextSec;
    const samples = await reader.read(startSec * fromHz, (endSec - startSec) * fromHz);
    const resampled = (await toVoiceRate)(samples);
    const first = (part * partSec - startSec) * toHz;
    return resampled.subarray(first, first + partSec * toHz);
  };
  return {
    async hear(part: number, last: boolean): Promise<SpeechSegment[]> {
      const samples = await readPart(part);
      const { frameSamples, isSpeech } = await detector;
      const segments: SpeechSegment[] = [];
      for (let i = 0; i + frameSamples <= samples.length; i += frameSamples)
        segments.push(...stream.push(isSpeech(samples.subarray(i, i + frameSamples))));
      return last ? [...segments, ...stream.end()] : segments;
    },
    dispose: () => void detector.then((one) => one.dispose()),
  };
}
