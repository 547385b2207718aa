import { compareWords, lostAtEdges } from '../../asr/streaming/compareWords.ts';
import { defaultSegmentRules, findSpeechSegments } from '../../dsp/vad/speechSegments.ts';
import type { StreamEvent, StreamedFile } from '../../shared/streaming/streamEvents.ts';
import type { Recognized } from '../model/recognizer.ts';
import type { StreamModel } from './streamModel.ts';
import { createStreamSession, type StreamResult, type StreamSession } from './streamSession.ts';
import { createStreamVoice } from './streamVoice.ts';

export interface ReplaySettings {
  chunkMs: number;
  lookAheadMs: number | undefined;
  silenceMs: number;
  /** 1 in real time, 0 as fast as possible. */
  speed: number;
}

export interface Replay {
  audioFilepath: string;
  /** At the model's rate. */
  samples: Float32Array;
  /** What the whole recording at once gives. */
  offline: Recognized;
  reference?: string;
}

/** Plays a recording to a session chunk by chunk. Undefined when `cancelled` turns true meanwhile. */
export async function replayFile(
  model: StreamModel,
  { audioFilepath, samples, offline, reference }: Replay,
  settings: ReplaySettings,
  tell: (event: StreamEvent) => void,
  cancelled: () => boolean,
): Promise<StreamedFile | undefined> {
  const rate = model.metadata.features.sampleRateHz;
  const { chunkMs, lookAheadMs, silenceMs } = settings;
  const edges: number[] = [];
  const session = await createStreamSession(model, {
    chunkMs,
    lookAheadMs,
    silenceMs,
    onChunk({ heardSec, computeMs, speech }) {
      edges.push(heardSec - session.lookAheadSec);
      tell({ event: 'chunk', heardSec, computeMs, speech });
    },
  });
  try {
    const results = await play(session, samples, rate, settings, tell, cancelled);
    if (!results) return undefined;
    const finals = results.filter(({ kind }) => kind === 'final');
    const words = compareWords(
      offline.words,
      finals.flatMap((final) => final.words),
      edges,
      model.secondsPerFrame,
    );
    const onsetSec = await findOnset(samples, rate);
    return {
      audioFilepath,
      durationSec: samples.length / rate,
      text: finals.map(({ text }) => text).join(' '),
      offline: offline.text,
      words,
      lostAtEdges: lostAtEdges(words),
      onsetSec: onsetSec ?? null,
      firstPartialMs: firstDelay(results, onsetSec),
      partials: results.filter(({ kind }) => kind === 'partial').map(({ kind, words: _, ...partial }) => partial),
      finals: finals.map(({ kind, ...final }) => final),
      ...(reference === undefined ? {} : { reference }),
    };
  } finally {
    await session.dispose();
  }
}

async function play(
  session: StreamSession,
  samples: Float32Array,
  rate: number,
  { chunkMs, speed }: ReplaySettings,
  tell: (event: StreamEvent) => void,
  cancelled: () => boolean,
): Promise<StreamResult[] | undefined> {
  const chunk = Math.max(1, Math.round((chunkMs / 1000) * rate));
  const results: StreamResult[] = [];
  const take = (found: readonly StreamResult[]) => {
    for (const { kind, ...result } of found) tell({ event: kind, ...result });
    results.push(...found);
  };
  const startMs = performance.now();
  for (let at = 0; at < samples.length; at += chunk) {
    const end = Math.min(samples.length, at + chunk);
    // A chunk is there once its last sample has been said.
    if (speed > 0) await waitUntil(startMs + (1000 * end) / rate / speed);
    if (cancelled()) return undefined;
    take(await session.push(samples.subarray(at, end)));
  }
  take(await session.finish());
  return cancelled() ? undefined : results;
}

async function waitUntil(momentMs: number): Promise<void> {
  const leftMs = momentMs - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}

async function findOnset(samples: Float32Array, rate: number): Promise<number | undefined> {
  const speech: boolean[] = [];
  const voice = await createStreamVoice(rate, (frame) => speech.push(frame));
  voice.push(samples);
  voice.dispose();
  const rules = { ...defaultSegmentRules, frameSec: voice.frameSec, paddingSec: 0, minSilenceSec: 0.1 };
  return findSpeechSegments(speech, rules)[0]?.startSec;
}

/** Computing is added once: chunks faster than real time never wait for each other. */
function firstDelay(results: readonly StreamResult[], onsetSec: number | undefined): number | null {
  const [first] = results;
  if (!first || onsetSec === undefined) return null;
  return 1000 * (first.heardSec - onsetSec) + first.computeMs;
}
