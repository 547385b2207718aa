import { expect, test } from 'vitest';
import { formatTime, renderTranscript } from './renderTranscript.ts';

test('text first, then words in columns', () => {
  const text = renderTranscript('a_b.wav', {
    text: 'seven two',
    words: [
      { text: 'seven', startSec: 0.12, endSec: 0.5, confidence: 0.987 },
      { text: 'two', startSec: 60.5, endSec: 61 },
    ],
    model: '/w/runs/digits-20260131T142501Z/',
  });
  expect(text).toBe(
    [
      'seven two',
      '',
      '  Start       End   Word    Confidence',
      ' 0.12 s    0.50 s   seven       98.7 %',
      '1:00.50   1:01.00   two',
      '',
      'a_b.wav, transcribed with digits-20260131T142501Z',
      '',
    ].join('\n'),
  );
});

test('silence', () => {
  const text = renderTranscript('x.wav', { text: '', words: [], model: 'm.onnx' });
  expect(text).toBe('(nothing was heard)\n\nx.wav, transcribed with m.onnx\n');
});

test('times', () => {
  expect([0, 59.996, 3599.99, 3600, 7325.5].map(formatTime)).toEqual([
    '0.00 s',
    '1:00.00',
    '59:59.99',
    '1:00:00.00',
    '2:02:05.50',
  ]);
});
