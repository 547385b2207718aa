import type { AudioClip } from '../../../../../dsp/audioClip.ts';
import type { FeatureMatrix } from '../../../../../dsp/featureMatrix.ts';
import { createFeatureExtractor } from '../../../../../dsp/features.ts';
import { renderNpy } from '../../../../../dsp/npy.ts';
import { createFreePicture } from '../../../../../dsp/picture/pictureExtractor.ts';
import { readAtRate } from '../../../../../dsp/readAtRate.ts';
import { loadResampler } from '../../../../../dsp/resample.ts';
import { featureBins } from '../../../../../shared/config/derived.ts';
import { UserError } from '../../../../../shared/problem.ts';
import type { ChannelChoice } from '../../../../../shared/protocol/spectrogramTiles.ts';
import type { PictureRequest } from '../../workerProtocol.ts';
import { createChannelReader } from '../channelReader.ts';

/** Features of a longer stretch are a matter of the engine: they are made of all its samples at once. */
const longestSec = 15 * 60;

/**
 * A stretch's features as a NumPy file. Those of a config are what training computes for an utterance that is this
 * stretch (normalised where it normalises each utterance, never over a data set); free ones are the picture's decibels
 * of its channel. The stretch counts as a whole clip: nothing around it is heard.
 */
export async function* featurePieces(
  clip: AudioClip,
  { channel, request }: { channel: ChannelChoice; request: PictureRequest },
  start: number,
  count: number,
): AsyncGenerator<Uint8Array> {
  if (count / clip.info.sampleRateHz > longestSec)
    throw new UserError(
      `Features of at most ${longestSec / 60} minutes are saved from here; list the stretch in a manifest and run \`asr features\`.`,
    );
  yield renderNpy(await computeFeatures(clip, channel, request, start, count));
}

async function computeFeatures(
  clip: AudioClip,
  channel: ChannelChoice,
  request: PictureRequest,
  start: number,
  count: number,
): Promise<FeatureMatrix> {
  if (request.kind === 'training') {
    const { features } = request;
    const samples = await readAtRate(clip, start, count, features.sampleRateHz, await loadResampler());
    return (await createFeatureExtractor(features)).extract(samples);
  }
  const samples = await createChannelReader(clip, channel).read(start, count);
  const picture = await createFreePicture(request, clip.info.sampleRateHz);
  const part = { samples, firstSample: 0, totalSamples: samples.length };
  return picture.decibels(part, { firstFrame: 0, frames: picture.frameCount(samples.length) });
}

/** In one word, for the name of a file: `logMel80`, `mel64-fft1024-hop5ms`. */
export function featureName(request: PictureRequest): string {
  if (request.kind === 'free') {
    const { scale, bands, fftSize, hopMs } = request;
    return `${scale}${scale === 'linear' ? '' : bands}-fft${fftSize}-hop${+hopMs.toFixed(2)}ms`;
  }
  const { features } = request;
  return `${features.type}${featureBins(features)}${features.normalization === 'utterance' ? '-normalized' : ''}`;
}
