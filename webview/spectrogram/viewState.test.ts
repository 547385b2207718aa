import { describe, expect, it } from 'vitest';
import { addTranscript, initialState, restoreState, type Transcript } from './viewState.ts';

const transcript = (startSec: number, endSec: number): Transcript => ({
  startSec,
  endSec,
  text: 'ONE',
  words: [{ text: 'ONE', startSec, endSec }],
  model: 'run',
});

describe('view state', () => {
  it('comes back as it was kept', () => {
    const kept = {
      ...initialState,
      viewport: { startSec: 1, endSec: 2 },
      bands: { low: 0.2, high: 0.5 },
      transcripts: [transcript(1, 2)],
      loop: true,
      link: { group: 'g', linked: true, offsetSec: 0.5 },
      augment: { epoch: 2, side: 'plain' },
    };
    expect(restoreState(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  });

  it('drops what it does not understand', () => {
    const odd = {
      viewport: { startSec: 'x' },
      bands: { low: 0.7, high: 0.2 },
      colormap: 'jet',
      transcripts: [{ text: 1 }, transcript(0, 1)],
      channel: NaN,
    };
    expect(restoreState(odd)).toEqual({ ...initialState, transcripts: [transcript(0, 1)] });
    for (const broken of [undefined, null, 3, 'x', []]) expect(restoreState(broken)).toEqual(initialState);
  });

  it('replaces transcripts that a new one overlaps', () => {
    const kept = [transcript(0, 1), transcript(1, 2), transcript(5, 6)];
    expect(addTranscript(kept, transcript(1.5, 5)).map(({ startSec }) => startSec)).toEqual([0, 1.5, 5]);
  });
});
