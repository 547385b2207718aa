import { mixChannels } from '../../../src/dsp/mixChannels.ts';
import { type ChannelChoice, mixedChannels } from '../../../src/shared/protocol/spectrogram.ts';
import type { Pull } from '../../ui/playedPieces.ts';
import { audibleChannels } from '../audibleChannels.ts';
import type { ViewState } from '../viewState.ts';

type PullChannel = (channel: ChannelChoice, startSample: number, sampleCount: number) => Promise<Float32Array>;

/**
 * What is heard of a clip: its mix, as a model hears it; one channel; or the channels that are not muted. Of two of
 * those the first is on the left and the second on the right; more are mixed.
 */
export function pullAudible(state: () => ViewState, channelCount: number, pull: PullChannel): Pull {
  return async (start, count) => {
    const now = state();
    const heard = audibleChannels(now, channelCount);
    if (channelCount === 1 || (now.channelLayout === 'mixed' && heard.length === channelCount))
      return [await pull(mixedChannels, start, count)];
    if (heard.length === 0) return [(await pull(mixedChannels, start, count)).fill(0)];
    const channels = await Promise.all(heard.map((channel) => pull(channel, start, count)));
    return channels.length <= 2 ? channels : [mixChannels(channels)];
  };
}
