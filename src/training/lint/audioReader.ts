import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { AudioReader, HeardAudio } from '../../asr/lint/dataRules.ts';
import type { Utterance } from '../../asr/manifest.ts';
import { AudioError } from '../../dsp/audioError.ts';
import { type AudioClip, openAudio } from '../../dsp/audioFile.ts';
import { inspectSamples, nameProblems } from '../../dsp/inspectAudio.ts';
import { createEdgeMeter } from '../../dsp/quietEdges.ts';
import { type Problem, UserError } from '../../shared/problem.ts';
import { type ClipRange, clipProblem, frameRange } from '../data/clipReader.ts';
import { withFile } from '../data/fileSource.ts';
import type { AudioFacts, FactCache, HeaderFacts } from './factCache.ts';

export interface ReaderOptions {
  /** Asked when the first recording is read, so that transcripts do not wait for it. */
  cache(): Promise<FactCache>;
  /** Also decode: silent, clipped, not finite, copies… */
  content: boolean;
  /** Take what is known for true, without a look whether the file has changed. */
  trusting?: boolean;
}

/** Where an utterance's recording is, and which part of it. */
export const rangeOf = ({ file, audioFilepath, offsetSec, durationSec }: Utterance): ClipRange => ({
  file: resolve(dirname(file), audioFilepath),
  ...(offsetSec === undefined ? {} : { offsetSec, ...(durationSec === undefined ? {} : { durationSec }) }),
});

/** Reads recordings for the rules; what was found out before is not read again while the file's size and time are the same. */
export function createAudioReader({ cache, content, trusting = false }: ReaderOptions): AudioReader {
  const factsOf = async (path: string): Promise<AudioFacts> => {
    const facts = await cache();
    const known = facts.get(path);
    if (known && trusting) return known;
    const { mtimeMs, size } = await stat(path);
    if (known && known.mtimeMs === mtimeMs && known.size === size) return known;
    const read: AudioFacts = { mtimeMs, size, header: await orFailure(() => readHeader(path)) };
    facts.set(path, read);
    return read;
  };
  const info: AudioReader['info'] = (utterance) =>
    named(utterance, async ({ file }) => succeed((await factsOf(file)).header));
  const listen = (utterance: Utterance): Promise<HeardAudio> =>
    named(utterance, async (range) => {
      const facts = await factsOf(range.file);
      const part = `${range.offsetSec ?? 0}+${range.durationSec ?? ''}`;
      const known = facts.heard?.[part];
      if (known) return succeed(known);
      const heard = await orFailure(() => withFile(range.file, async (source) => hear(await openAudio(source), range)));
      (await cache()).set(range.file, { ...facts, heard: { ...facts.heard, [part]: heard } });
      return succeed(heard);
    });
  return content ? { info, listen } : { info };
}

/** One for all the recordings without a problem, of which there may be very many. */
const none: Problem[] = [];

function readHeader(path: string): Promise<HeaderFacts> {
  return withFile(path, async (source) => {
    const { info } = await openAudio(source);
    const { frames, durationSec, sampleRateHz } = info;
    const problems = [...info.problems, ...nameProblems(path, info)];
    return { frames, durationSec, sampleRateHz, problems: problems.length > 0 ? problems : none };
  });
}

/** One walk through the samples for all that they show. */
async function hear(clip: AudioClip, range: ClipRange): Promise<HeardAudio> {
  const { start, count } = frameRange(clip, range);
  const hash = createHash('sha1');
  const edges = createEdgeMeter(clip.info.sampleRateHz);
  const overheard: AudioClip = {
    info: clip.info,
    async readSamples(...at) {
      const channels = await clip.readSamples(...at);
      for (const samples of channels)
        hash.update(new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength));
      edges.add(channels[0]!);
      return channels;
    },
  };
  const { problems } = await inspectSamples(overheard, { startFrame: start, frames: count });
  const quiet = edges.problem();
  const silent = problems.some(({ code }) => code === 'audio-silent');
  // Recordings of nothing are all alike.
  return {
    problems: quiet ? [...problems, quiet] : problems,
    ...(silent || count === 0 ? {} : { digest: hash.digest('base64') }),
  };
}

/** Faults of the data as values, so that they can be kept; what the system refuses now it may allow later. */
async function orFailure<T>(work: () => Promise<T>): Promise<T | { failure: Problem }> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AudioError) return { failure: error.problem };
    throw error;
  }
}

function succeed<T extends object>(outcome: T | { failure: Problem }): T {
  if ('failure' in outcome) throw new UserError(outcome.failure.message, [outcome.failure]);
  return outcome;
}

async function named<T>(utterance: Utterance, read: (range: ClipRange) => Promise<T>): Promise<T> {
  try {
    return await read(rangeOf(utterance));
  } catch (error) {
    if (error instanceof UserError && !(error instanceof AudioError)) throw error;
    const problem = clipProblem(error, utterance.audioFilepath);
    throw new UserError(problem.message, [problem]);
  }
}
