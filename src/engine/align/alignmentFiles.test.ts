import { expect, test } from 'vitest';
import { parseCtm } from '../../asr/annotations/ctm.ts';
import { parseTextGrid } from '../../asr/annotations/textGrid.ts';
import type { AlignedUtterance } from './alignManifest.ts';
import { alignmentCtm, alignmentTextGrids } from './alignmentFiles.ts';
import { recordingNames } from './recordingNames.ts';

function utterance(audioFilepath: string, words: [string, number, number][]): AlignedUtterance {
  const spans = words.map(([text, startSec, endSec]) => ({ text, startSec, endSec, score: 0.5 }));
  const example = {
    ...{ key: audioFilepath, audioFilepath, manifest: 'm.jsonl', line: 1, samples: 1, text: '' },
    range: { file: audioFilepath },
  };
  return { example, startSec: 0, endSec: 9, words: spans, tokens: spans, logProbabilityPerFrame: -1 };
}

test('names are short where that is clear, and never lead out of a folder or end a field', () => {
  const files = ['x/a.wav', 'y/b.wav', 'y/a.flac', 'x-a.wav', '../../etc/pass wd.wav', 'z/..wav', 'q/A.wav'];
  expect([...recordingNames(files)]).toEqual([
    ['x/a.wav', 'x-a'],
    ['y/b.wav', 'b'],
    ['y/a.flac', 'y-a'],
    ['x-a.wav', 'x-a-2'],
    ['../../etc/pass wd.wav', 'pass_wd'],
    ['z/..wav', '_'],
    ['q/A.wav', 'q-A'],
  ]);
});

test('utterances of one recording share a TextGrid, with tiers of their own where they overlap', () => {
  const utterances = [
    utterance('a.wav', [['ONE', 1, 1.5]]),
    utterance('a.wav', [['SAY "HI"', 3, 3.25]]),
    utterance('a.wav', [['TWO', 1.25, 2]]),
    utterance('b.wav', [['THREE', 0, 1]]),
  ];
  const grids = alignmentTextGrids(utterances, new Map([['a.wav', 5]]));
  expect([...grids.keys()]).toEqual(['a', 'b']);
  const read = parseTextGrid(grids.get('a')!, 'a.TextGrid');
  if ('problem' in read) throw new Error(read.problem.message);
  const labels = read.grid.tiers.map((tier) => [
    tier.name,
    tier.endSec,
    tier.kind === 'interval' && tier.intervals.map(({ text }) => text).join('|'),
  ]);
  expect(labels).toEqual([
    ['words', 5, '|ONE||SAY "HI"|'],
    ['tokens', 5, '|ONE||SAY "HI"|'],
    ['words 2', 5, '|TWO|'],
    ['tokens 2', 5, '|TWO|'],
  ]);
  const { words, problems } = parseCtm(alignmentCtm(utterances), 'a.ctm');
  expect(problems).toEqual([]);
  expect(words.map(({ recording, startSec, word }) => [recording, startSec, word])).toEqual([
    ['a', 1, 'ONE'],
    ['a', 1.25, 'TWO'],
    ['a', 3, 'SAY_"HI"'],
    ['b', 0, 'THREE'],
  ]);
});
