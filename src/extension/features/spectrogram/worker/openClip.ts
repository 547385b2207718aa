import { type AudioClip, openAudio } from '../../../../dsp/audioFile.ts';
import { type ByteSource, memorySource } from '../../../../dsp/byteSource.ts';
import { type Problem, UserError } from '../../../../shared/problem.ts';
import type { OpenedClip } from '../../../../shared/protocol/spectrogram.ts';
import { type FileSource, openFileSource } from '../../../services/fileSource.ts';
import type { ClipPlace } from '../workerProtocol.ts';
import { waveformGridOf } from './clipTiles.ts';

export interface OpenClip {
  clip: AudioClip;
  sizeBytes: number;
  close(): Promise<void>;
}

/** The bytes of a recording, to be closed where they are a file. */
export async function openSource(place: ClipPlace): Promise<ByteSource & Partial<FileSource>> {
  return 'path' in place ? openFileSource(place.path) : memorySource(new Uint8Array(place.bytes));
}

/** Opens a recording. Throws UserError for what cannot be decoded. */
export async function openClip(place: ClipPlace): Promise<OpenClip> {
  const source = await openSource(place);
  const close = async () => source.close?.();
  try {
    const clip = await openAudio(source);
    return { clip, sizeBytes: source.size, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** What a view is told about a recording. */
export function describeClip(name: string, open: OpenClip): OpenedClip {
  const { container, encoding, sampleRateHz, channels, frames, durationSec, problems } = open.clip.info;
  return {
    readable: true,
    name,
    problems,
    facts: { container, encoding, sampleRateHz, channels, samples: frames, durationSec, sizeBytes: open.sizeBytes },
    waveform: waveformGridOf(frames),
  };
}

/** Why a recording cannot be shown: what is wrong with the file, or that it cannot be read at all. Bugs pass through. */
export function describeFailure(name: string, error: unknown, sizeBytes: number): OpenedClip {
  if (error instanceof UserError) {
    const problems: Problem[] = error.problems.length
      ? [...error.problems]
      : [{ code: 'audio-unreadable', severity: 'error', message: error.message }];
    return { readable: false, name, sizeBytes, problems };
  }
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string') throw error;
  const problem: Problem =
    code === 'ENOENT'
      ? { code: 'file-missing', severity: 'error', message: 'the file is not there; it is shown again once it is back' }
      : { code: 'file-unreadable', severity: 'error', message };
  return { readable: false, name, sizeBytes, problems: [problem] };
}
