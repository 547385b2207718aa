import { expect, test } from 'vitest';
import { renderUtterance } from './renderUtterance.ts';
import type { ClipCard, FoundUtterance } from './workerProtocol.ts';

const utterance: FoundUtterance = { clip: { file: '/a.wav' }, text: 'go on', document: '/m.jsonl', line: 1 };
const card: ClipCard = {
  ...{
    readable: true,
    picture: new ArrayBuffer(0),
    durationSec: 2,
    shownSec: 2,
    format: '16000 Hz, pcm-s16, 1 channel',
  },
  ...{ rmsDb: -20.44, peakDb: -3, clippedSamples: 0 },
};

test('what there is to say of an utterance', () => {
  expect(renderUtterance({ ...utterance, durationSec: 2.01 }, card)).toEqual([
    '**2.00 s** · 16000 Hz, pcm\\-s16, 1 channel · mean -20.4 dBFS, peak -3.0 dBFS',
    '5 characters · 2 words · 2.5 characters/s',
  ]);
});

test('what stands out', () => {
  const [audio, text] = renderUtterance(
    { ...utterance, durationSec: 9, speaker: '[x](command:y)' },
    { ...card, durationSec: 95, shownSec: 30, clippedSamples: 1 },
  );
  expect(audio).toContain('9.00 s by its line');
  expect(audio).toContain('1 clipped sample');
  expect(text).toContain('speaker \\[x\\]\\(command:y\\)');
  expect(text).toContain('the first 30 s');
});

test('a recording that cannot be read', () => {
  expect(renderUtterance(utterance, { readable: false, message: 'there is no such *file*' })).toEqual([
    '**Cannot be read**: there is no such \\*file\\*',
    '5 characters · 2 words',
  ]);
});
