import { type Problem, UserError } from '../shared/problem.ts';

/** Audio that cannot be decoded, or stopped being decodable while it was read; `problem.code` says why. */
export class AudioError extends UserError {
  override name = 'AudioError';
  readonly problem: Problem;
  constructor(code: AudioErrorCode, message: string) {
    const problem: Problem = { code, severity: 'error', message };
    super(message, [problem]);
    this.problem = problem;
  }
}

export type AudioErrorCode =
  /** The file is empty or does not begin like any audio file. */
  | 'audio-not-audio'
  /** A known container that is not read here: MP4, Ogg Speex, AIFF… */
  | 'audio-container'
  /** A codec inside a readable container that is not decoded here: GSM, MP3-in-WAV… */
  | 'audio-codec'
  /** The header is cut, contradicts itself or describes something impossible. */
  | 'audio-header'
  /** No audio data in the container. */
  | 'audio-no-data'
  /** Compressed data that breaks the rules of its codec. */
  | 'audio-corrupt'
  /** The file became shorter after it was opened. */
  | 'audio-changed'
  /** A range too long to hold at once, or a rate beyond what can be resampled. */
  | 'audio-range'
  /** A float file holds NaN or infinity where samples are needed. */
  | 'audio-not-finite';

/** What is odd in audio that can still be read. */
export function audioWarning(
  code: AudioWarningCode,
  message: string,
  severity: 'warning' | 'info' = 'warning',
): Problem {
  return { code, severity, message };
}

export type AudioWarningCode =
  | 'audio-truncated'
  | 'audio-size'
  | 'audio-empty'
  | 'audio-bits'
  | 'audio-padding'
  | 'audio-chunk-order'
  | 'audio-duplicate-chunk'
  | 'audio-partial-frame'
  | 'audio-rate'
  | 'audio-block-align'
  | 'audio-ds64'
  | 'audio-frames'
  | 'audio-corrupt-frame'
  | 'audio-name'
  | 'audio-silent'
  | 'clipped'
  | 'dc-offset'
  | 'audio-not-finite'
  | 'audio-over-range'
  | 'audio-upsampled'
  | 'audio-channels'
  | 'edge-silence'
  | 'audio-content';
