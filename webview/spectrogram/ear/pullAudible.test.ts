import { describe, expect, it } from 'vitest';
import { initialState, type ViewState } from '../viewState.ts';
import { pullAudible } from './pullAudible.ts';

/** Channel c holds the value c + 1, the mix 100. */
async function heard(change: Partial<ViewState>, channelCount: number): Promise<number[]> {
  const pull = pullAudible(
    () => ({ ...initialState, ...change }),
    channelCount,
    async (channel, _, count) => new Float32Array(count).fill(channel < 0 ? 100 : channel + 1),
  );
  const channels = await pull(0, 3);
  for (const samples of channels) expect(new Set(samples).size).toBe(1);
  return channels.map((samples) => samples[0]!);
}

describe('what is heard of a clip', () => {
  it('is the mix, or the one channel that is shown', async () => {
    expect(await heard({}, 1)).toEqual([100]);
    expect(await heard({}, 2)).toEqual([100]);
    expect(await heard({ channel: 1 }, 2)).toEqual([2]);
  });

  it('is what lanes do not mute: two left and right, more of them mixed', async () => {
    const lanes = { channelLayout: 'lanes' as const };
    expect(await heard(lanes, 2)).toEqual([1, 2]);
    expect(await heard({ ...lanes, muted: [0] }, 2)).toEqual([2]);
    expect(await heard(lanes, 3)).toEqual([2]);
    expect(await heard({ ...lanes, solo: [1, 2] }, 3)).toEqual([2, 3]);
    expect(await heard({ ...lanes, muted: [0, 1] }, 2)).toEqual([0]);
  });
});
