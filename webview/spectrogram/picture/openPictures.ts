import type { Remote } from '../../../src/shared/protocol/channel.ts';
import { mixedChannels, type SpectrogramHost, type SurveyProgress } from '../../../src/shared/protocol/spectrogram.ts';
import type { Loudness, OpenedPicture } from '../../../src/shared/protocol/spectrogramPicture.ts';
import type { ViewState } from '../viewState.ts';
import { pictureStringsFor } from './pictureStrings.ts';

/** More lanes than this cannot be told apart. */
export const mostLanes = 8;

type Arranged = Pick<ViewState, 'channel' | 'channelLayout' | 'picture'>;

/** Channels of the lanes from top to bottom. */
export function laneChannels({ channel, channelLayout }: Arranged, count: number): number[] {
  if (channelLayout === 'mixed' || count < 2) return [channel < count ? channel : mixedChannels];
  return Array.from({ length: Math.min(mostLanes, count) }, (_, index) => index);
}

/** The pictures of all lanes; what cannot be made of this recording is replaced by what a model sees. */
export async function openPictures(remote: Remote<SpectrogramHost>, arranged: Arranged, count: number) {
  const { picture } = arranged;
  const openAll = (settings: ViewState['picture']) =>
    Promise.all(laneChannels(arranged, count).map((channel) => remote.openPicture(channel, settings)));
  if (picture.kind === 'training') return openAll(picture);
  return openAll(picture).catch(async (): Promise<OpenedPicture[]> => {
    const { refused } = pictureStringsFor(document.documentElement.lang);
    const pictures = await openAll({ kind: 'training' });
    return pictures.map((one) => ({
      ...one,
      problem: { code: 'picture-refused', severity: 'warning', message: refused },
    }));
  });
}

/** One range of levels for all lanes, so that they can be compared. */
export function commonLoudness(pictures: readonly OpenedPicture[]): Loudness {
  const of = (name: 'lowDb' | 'highDb' | 'minDb' | 'peak') => pictures.map(({ loudness }) => loudness[name]);
  const { stepDb } = pictures[0]!.loudness;
  return {
    ...{ minDb: Math.min(...of('minDb')), stepDb, lowDb: Math.min(...of('lowDb')) },
    ...{ highDb: Math.max(...of('highDb')), peak: Math.max(...of('peak')) },
  };
}

/** How far the analysis of all lanes is; undefined before any has begun. */
export function commonProgress(
  pictures: readonly OpenedPicture[],
  known: ReadonlyMap<number, SurveyProgress>,
): SurveyProgress | undefined {
  const found = pictures.map(({ id }) => known.get(id)).filter((one) => one !== undefined);
  if (found.length === 0) return undefined;
  const { picture, channel } = found[0]!;
  const problems = new Map(found.flatMap((one) => one.problems).map((one) => [one.code + one.message, one]));
  return {
    ...{ picture, channel, problems: [...problems.values()] },
    done: found.length < pictures.length ? 0 : Math.min(...found.map(({ done }) => done)),
    peak: Math.max(...found.map(({ peak }) => peak)),
    rms: Math.sqrt(found.reduce((sum, { rms }) => sum + rms ** 2, 0) / found.length),
  };
}
