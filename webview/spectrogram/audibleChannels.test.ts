import { describe, expect, it } from 'vitest';
import { audibleChannels } from './audibleChannels.ts';
import { initialState } from './viewState.ts';

const heard = (change: object, count = 3) => audibleChannels({ ...initialState, ...change }, count);

describe('channels that are heard', () => {
  it('are all, or the chosen one, in one picture', () => {
    expect(heard({})).toEqual([0, 1, 2]);
    expect(heard({ channel: 1, muted: [1], solo: [2] })).toEqual([1]);
  });

  it('follow solo and mute in lanes', () => {
    const lanes = { channelLayout: 'lanes', channel: 1 };
    expect(heard(lanes)).toEqual([0, 1, 2]);
    expect(heard({ ...lanes, muted: [0] })).toEqual([1, 2]);
    expect(heard({ ...lanes, solo: [2, 0] })).toEqual([0, 2]);
    expect(heard({ ...lanes, solo: [2], muted: [2] })).toEqual([]);
    expect(heard({ ...lanes, solo: [7] })).toEqual([0, 1, 2]);
  });
});
