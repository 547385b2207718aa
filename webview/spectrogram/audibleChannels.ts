import { mixedChannels } from '../../src/shared/protocol/spectrogram.ts';
import type { ViewState } from './viewState.ts';

type Arranged = Pick<ViewState, 'channel' | 'channelLayout' | 'muted' | 'solo'>;

/**
 * The channels that are heard, from 0, in order; their mean is what is played. Lanes have solo and mute: where any is
 * soloed only those are heard, and a muted one never is. Empty when everything is muted.
 */
export function audibleChannels({ channel, channelLayout, muted, solo }: Arranged, count: number): number[] {
  const all = Array.from({ length: count }, (_, index) => index);
  if (channelLayout === 'mixed') return channel === mixedChannels ? all : all.filter((one) => one === channel);
  const alone = all.filter((one) => solo.includes(one));
  return (alone.length > 0 ? alone : all).filter((one) => !muted.includes(one));
}
