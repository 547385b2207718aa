import { describe, expect, it } from 'vitest';
import type { ResultCard } from '../../shared/evaluation/evaluationReport.ts';
import type { Word } from '../words.ts';
import { borrowTimes } from './alignReportWords.ts';
import { buildReport, type HeardUtterance } from './buildReport.ts';
import { compareReports } from './compareReports.ts';

// The report carries the card and reads nothing of it.
const card = { decoder: 'greedy' } as ResultCard;

let line = 0;
function heardAs(reference: string, hypothesis: string, more: Partial<HeardUtterance> = {}): HeardUtterance {
  line++;
  const place = {
    id: `u${line}`,
    audioFilepath: `u${line}.wav`,
    audio: `/d/u${line}.wav`,
    manifest: '/d/m.jsonl',
    line,
  };
  return { ...place, offsetSec: 0, durationSec: 2, reference, hypothesis, ...more };
}

function reportOf(utterances: HeardUtterance[]) {
  return buildReport({
    card,
    main: { utterances, seconds: 3, audioSec: 60, skipped: 2, excluded: 1 },
    problems: [],
  });
}

const word = (text: string, startSec: number, endSec: number, confidence: number): Word => ({
  text,
  startSec,
  endSec,
  confidence,
});

describe('the report of scored utterances', () => {
  it('counts as sclite does, and an empty reference only by what was put in', () => {
    line = 0;
    const { scores, utterances } = reportOf([
      heardAs('WE WANTED PEOPLE TO KNOW', 'WANTED THE PEOPLE TO NO'),
      heardAs('A B', 'B C'),
      heardAs('', 'UM'),
      heardAs('', ''),
      heardAs('YES', 'YES'),
    ]);
    // Weights 3, 3, 4 make of "A B" against "B C" a deletion and an insertion (6), never two substitutions (8).
    expect(utterances.map(({ counts: c }) => [c.substitutions, c.deletions, c.insertions, c.reference])).toEqual([
      [1, 1, 1, 5],
      [0, 1, 1, 2],
      [0, 0, 1, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 1],
    ]);
    expect(scores.words).toEqual({ substitutions: 1, deletions: 2, insertions: 3, reference: 8 });
    expect(scores).toMatchObject({ wer: 6 / 8, sentenceErrorRate: 3 / 5, realTimeFactor: 0.05 });
    expect(scores).toMatchObject({ utterances: 5, skipped: 2, excluded: 1 });
    expect(scores.characters.reference).toBe(24 + 3 + 0 + 0 + 3);
    expect(scores.cer).toBe(utterances.reduce((sum, { characterErrors }) => sum + characterErrors, 0) / 30);
  });

  it('never counts more errors than there need be, where the costs of sclite would', () => {
    line = 0;
    // Costs 4 for a substitution and 3 for the others make 20 of five substitutions, 18 of six other errors.
    expect(reportOf([heardAs('Q R S A B', 'A B X Y Z')]).utterances[0]!.counts).toMatchObject({ substitutions: 5 });
    // With four errors either way both keep the matches: 12 against 16.
    expect(reportOf([heardAs('Q R A B', 'A B X Y')]).utterances[0]!.counts).toMatchObject({
      substitutions: 0,
      deletions: 2,
      insertions: 2,
    });
  });

  it('puts every word in its place of the recording, a missing one between those heard around it', () => {
    line = 0;
    const heard = [word('A', 10.2, 10.4, 0.9), word('X', 10.5, 10.7, 0.3), word('D', 11.2, 11.5, 0.8)];
    const [utterance] = reportOf([heardAs('A B C D E', 'A X D', { heard, offsetSec: 10 })]).utterances;
    expect(utterance!.words).toEqual([
      { kind: 'match', reference: 'A', hypothesis: 'A', startSec: 10.2, endSec: 10.4, confidence: 0.9 },
      { kind: 'deletion', reference: 'B', startSec: 10.4, endSec: 10.5 },
      { kind: 'substitution', reference: 'C', hypothesis: 'X', startSec: 10.5, endSec: 10.7, confidence: 0.3 },
      { kind: 'match', reference: 'D', hypothesis: 'D', startSec: 11.2, endSec: 11.5, confidence: 0.8 },
      { kind: 'deletion', reference: 'E', startSec: 11.5, endSec: 12 },
    ]);
    expect(utterance!.speechRate).toBe(4.5);
    const borrowed = borrowTimes(['A', 'Q', 'D'], heard);
    expect(borrowed).toEqual([
      { startSec: 10.2, endSec: 10.4 },
      { startSec: 10.5, endSec: 10.7 },
      { startSec: 11.2, endSec: 11.5 },
    ]);
    expect(borrowTimes(['A', 'D', 'D'], heard.slice(0, 1))[1]).toBeUndefined();
  });

  it('lists what was taken for what, most frequent first, with the utterances', () => {
    line = 0;
    const { confusions } = reportOf([
      heardAs('M N M', 'N N'),
      heardAs('M', 'N'),
      heardAs('M', 'N'),
      heardAs('A', 'A B'),
    ]);
    expect(confusions.words).toEqual([
      { reference: 'M', hypothesis: 'N', count: 3, utterances: ['u1', 'u2', 'u3'] },
      { reference: '', hypothesis: 'B', count: 1, utterances: ['u4'] },
      { reference: 'M', hypothesis: '', count: 1, utterances: ['u1'] },
    ]);
    expect(confusions.characters[0]).toEqual({
      reference: 'M',
      hypothesis: 'N',
      count: 3,
      utterances: ['u1', 'u2', 'u3'],
    });
  });

  it('slices by speaker, length, rate and noise; a limit belongs to the range above it', () => {
    line = 0;
    const { slices } = reportOf([
      heardAs('A B', 'A C', { speaker: 'x', durationSec: 4, snrDb: 20 }),
      heardAs('A B', 'A B', { speaker: 'x', durationSec: 3.9 }),
      heardAs('A', 'A', { speaker: 'a', durationSec: 40, snrDb: -3 }),
    ]);
    expect(slices.map(({ by, name, utterances, wer }) => [by, name, utterances, wer])).toEqual([
      ['speaker', 'a', 1, 0],
      ['speaker', 'x', 2, 0.25],
      ['duration', '2–4 s', 1, 0],
      ['duration', '4–8 s', 1, 0.5],
      ['duration', '≥ 16 s', 1, 0],
      ['speechRate', '< 8 characters/s', 3, 0.2],
      ['snr', '< 0 dB', 1, 0],
      ['snr', '20–30 dB', 1, 0.5],
    ]);
    expect(slices[3]!.interval95).toEqual([0.5, 0.5]);
  });

  it('bins confidence against right words', () => {
    line = 0;
    const heard = [word('A', 0, 1, 0.95), word('B', 1, 2, 1), word('C', 2, 3, 0.3)];
    expect(reportOf([heardAs('A X C', 'A B C', { heard }), heardAs('A', 'A')]).reliability).toEqual([
      { lowConfidence: 0.3, highConfidence: 0.4, words: 1, meanConfidence: 0.3, right: 1 },
      { lowConfidence: 0.9, highConfidence: 1, words: 2, meanConfidence: 0.975, right: 1 },
    ]);
  });
});

describe('two reports over the same utterances', () => {
  const side = (hypotheses: string[]) => {
    line = 0;
    return hypotheses.map((hypothesis, i) => heardAs(['A B C', 'A B C', 'A B', 'A B', 'A', 'A'][i]!, hypothesis));
  };

  it('are compared by utterance, with the difference and its chance', () => {
    const before = side(['A X C', 'A X Y', 'A B', 'A X', 'B', 'A']);
    const after = side(['A B C', 'A B Y', 'A X', 'X Y', 'C', 'A']);
    const { utterances, significance, onlyBefore, onlyAfter } = compareReports(
      reportOf([...before, { ...before[0]!, id: 'old' }]),
      reportOf([{ ...after[0]!, id: 'new' }, ...after]),
    );
    expect(utterances.map(({ change }) => change)).toEqual(['fixed', 'better', 'broken', 'worse', 'different', 'same']);
    expect([onlyBefore, onlyAfter]).toEqual([['old'], ['new']]);
    // Errors 5 and 5 of 12 words: the signs of −1 −1 +1 +1 sum to 0, which every choice reaches.
    expect(significance).toMatchObject({ difference: 0, p: 1, z: 0, method: 'sign-flip', utterances: 6 });
    expect(significance.interval95[0]).toBeLessThan(0);
    expect(significance.interval95[1]).toBeGreaterThan(0);
  });

  it('that are the same differ in nothing', () => {
    const { significance, utterances } = compareReports(reportOf(side(['A', 'A'])), reportOf(side(['A', 'A'])));
    expect(significance).toMatchObject({ difference: 0, p: 1, interval95: [0, 0] });
    expect(utterances.every(({ change }) => change === 'same')).toBe(true);
  });
});
