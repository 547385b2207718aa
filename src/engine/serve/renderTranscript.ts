import { deflateSync } from 'node:zlib';
import { type Cue, cuesOf, renderSrt, renderVtt } from './subtitles.ts';
import type { Transcript } from './transcribeSource.ts';
import type { TranscriptionRequest } from './transcriptionRequest.ts';

export interface Answer {
  contentType: string;
  body: string;
}

/** A transcript in the form that was asked for, with OpenAI's names. */
export function renderTranscript(transcript: Transcript, request: TranscriptionRequest): Answer {
  const { text, words, durationSec } = transcript;
  switch (request.format) {
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', body: `${text}\n` };
    case 'srt':
      return { contentType: 'application/x-subrip; charset=utf-8', body: renderSrt(cuesOf(words)) };
    case 'vtt':
      return { contentType: 'text/vtt; charset=utf-8', body: renderVtt(cuesOf(words)) };
    case 'json':
      return json({ text, usage: usageOf(durationSec) });
    case 'verbose_json':
      return json({
        ...{ task: 'transcribe', language: request.language ?? 'unknown', duration: durationSec, text },
        ...(request.segments ? { segments: cuesOf(words).map(renderSegment) } : {}),
        ...(request.words ? { words: words.map(renderWord) } : {}),
        usage: usageOf(durationSec),
      });
  }
}

const json = (document: unknown): Answer => ({
  contentType: 'application/json; charset=utf-8',
  body: JSON.stringify(document),
});

const usageOf = (durationSec: number) => ({ type: 'duration', seconds: Math.ceil(durationSec) });

const renderWord = ({ text, startSec, endSec, confidence }: Cue['words'][number]) => ({
  ...{ word: text, start: startSec, end: endSec, confidence },
});

/**
 * Of Whisper's segment all that these models know. `avg_logprob` is the mean of the words' log confidences; there is no
 * `no_speech_prob`, and no tokens of Whisper's.
 */
function renderSegment({ startSec, endSec, text, words }: Cue, id: number) {
  const bytes = Buffer.from(text);
  const logs = words.map(({ confidence }) => Math.log(Math.max(confidence, Number.MIN_VALUE)));
  return {
    ...{ id, seek: Math.round(100 * startSec), start: startSec, end: endSec, text, tokens: [], temperature: 0 },
    avg_logprob: logs.reduce((sum, log) => sum + log, 0) / logs.length,
    compression_ratio: bytes.length / deflateSync(bytes).length,
  };
}
