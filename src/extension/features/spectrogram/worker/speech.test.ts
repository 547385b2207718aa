import { describe, expect, it } from 'vitest';
import { openAudio } from '../../../../dsp/audioFile.ts';
import { memorySource } from '../../../../dsp/byteSource.ts';
import { loadResampler } from '../../../../dsp/resample.ts';
import { defaultSegmentRules, findSpeechSegments } from '../../../../dsp/vad/speechSegments.ts';
import { createVoiceDetector, voiceRatesHz } from '../../../../dsp/vad/voiceDetector.ts';
import { writeWav } from '../../../../dsp/writeWav.ts';
import { mixedChannels } from '../../../../shared/protocol/spectrogram.ts';
import { createRandom } from '../../../../shared/random.ts';
import { createSpeech, type Speech } from './speech.ts';

/** A voice as the detector knows it: a buzz of 120 Hz through three resonances, in syllables, over a little noise. */
function voiced(sampleRateHz: number, durationSec: number, spoken: [startSec: number, endSec: number][]) {
  const random = createRandom('voiced', sampleRateHz);
  const formants = [500, 1500, 2500].map((hz) => {
    const radius = Math.exp((-Math.PI * 80) / sampleRateHz);
    return { turn: 2 * radius * Math.cos((2 * Math.PI * hz) / sampleRateHz), decay: radius ** 2, a: 0, b: 0 };
  });
  return Float32Array.from({ length: Math.round(durationSec * sampleRateHz) }, (_, i) => {
    const sec = i / sampleRateHz;
    const speaking = spoken.some(([startSec, endSec]) => sec >= startSec && sec < endSec);
    const syllable = 0.55 + 0.45 * Math.sin(2 * Math.PI * 4 * sec);
    const pulse = speaking && i % Math.round(sampleRateHz / 120) === 0 ? syllable : 0;
    let value = 0;
    for (const formant of formants) {
      const next = pulse + formant.turn * formant.a - formant.decay * formant.b;
      [formant.a, formant.b] = [next, formant.a];
      value += next;
    }
    return 0.12 * value + 0.0008 * random.normal();
  });
}

async function open(sampleRateHz: number, channels: Float32Array[], busy = () => false) {
  const clip = await openAudio(memorySource(writeWav(channels, sampleRateHz)));
  return (channel = mixedChannels) => createSpeech(clip, channel, busy);
}

async function heardAtOnce(samples: Float32Array, rateHz: number) {
  const native = voiceRatesHz.includes(rateHz);
  const heard = native ? samples : (await loadResampler()).resample(samples, rateHz, 8000);
  const detector = await createVoiceDetector({ sampleRateHz: native ? rateHz : 8000, frameMs: 30, mode: 2 });
  const speech: boolean[] = [];
  for (let i = 0; i + detector.frameSamples <= heard.length; i += detector.frameSamples)
    speech.push(detector.isSpeech(heard.subarray(i, i + detector.frameSamples)));
  detector.dispose();
  return findSpeechSegments(speech, { ...defaultSegmentRules, paddingSec: 0, maxSegmentSec: Number.POSITIVE_INFINITY });
}

async function hearAll(speech: Speech) {
  const segments: { startSec: number; endSec: number }[] = [];
  for (let calls = 0; calls < 1000; calls++) {
    const found = await speech.ask(segments.length);
    segments.push(...found.segments);
    if (found.complete) return { segments, calls };
  }
  throw new Error('it never ends');
}

describe('where speech is', () => {
  const spoken: [number, number][] = [
    [1, 3],
    [5, 20.5],
    [20.9, 22.5],
  ];

  it.each([11_025, 16_000, 44_100])('at %d Hz is what is found in the clip at once', async (rateHz) => {
    const samples = voiced(rateHz, 30, spoken);
    const speech = (await open(rateHz, [samples]))();
    const { segments } = await hearAll(speech);
    speech.dispose();
    const whole = await heardAtOnce(samples, rateHz);
    expect(segments).toHaveLength(whole.length);
    // Another filter at the new rate may turn frames that are in doubt.
    for (const [i, { startSec, endSec }] of whole.entries()) {
      expect(Math.abs(segments[i]!.startSec - startSec)).toBeLessThan(0.1);
      expect(Math.abs(segments[i]!.endSec - endSec)).toBeLessThan(0.1);
    }
    const speaking = (sec: number) => segments.some(({ startSec, endSec }) => sec >= startSec && sec < endSec);
    for (const sec of [2, 2.5, 6, 12, 20, 22]) expect(speaking(sec), `${sec} s`).toBe(true);
    for (const sec of [4, 24, 26, 29]) expect(speaking(sec), `${sec} s`).toBe(false);
  });

  it('is found in each channel, and twice the same', async () => {
    const rateHz = 16_000;
    const voice = voiced(rateHz, 10, [[2, 4]]);
    const speechOf = await open(rateHz, [voice, new Float32Array(voice.length)]);
    const left = await hearAll(speechOf(0));
    expect(left.segments.length).toBeGreaterThan(0);
    expect(await hearAll(speechOf(0))).toMatchObject({ segments: left.segments });
    expect((await hearAll(speechOf(1))).segments).toEqual([]);
  });

  it('waits while the picture is made, and goes on all the same if that never ends', async () => {
    const rateHz = 8000;
    const startMs = performance.now();
    const speech = (await open(rateHz, [new Float32Array(40 * rateHz)], () => true))();
    const first = await speech.ask(0);
    expect(performance.now() - startMs).toBeGreaterThan(900);
    expect(first.done).toBeGreaterThan(0);
    expect((await hearAll(speech)).segments).toEqual([]);
  });

  it('of a recording without samples is complete at once', async () => {
    const speech = (await open(8000, [new Float32Array(0)]))();
    expect(await speech.ask(0)).toEqual({ segments: [], done: 1, complete: true });
  });
});
