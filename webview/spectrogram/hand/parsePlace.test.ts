import { describe, expect, it } from 'vitest';
import { parsePlace } from './parsePlace.ts';

const scale = { durationSec: 3600, sampleRateHz: 16_000, hopSec: 0.01, fromSec: 100 };
const at = (text: string) => parsePlace(text, scale);

describe('a typed place', () => {
  it.each([
    ['83.5', 83.5],
    ['.25', 0.25],
    ['0', 0],
    ['12,5', 12.5],
    [' 1:23.5 ', 83.5],
    ['0:01:23.5', 83.5],
    ['90:00', undefined],
    ['59:59', 3599],
    ['1:0:0', 3600],
    ['s1328000', 83],
    ['f8300', 83],
    ['F8300', 83],
    ['S57600000', 3600],
    ['+2', 102],
    ['-0.5', 99.5],
    ['−0.5', 99.5],
    ['+1:00', 160],
    ['-s16000', 99],
    ['+f10', 100.1],
    ['250ms', 0.25],
    ['2 min', 120],
    ['3.5s', 3.5],
  ])('%s', (text, sec) => {
    const place = at(text);
    if (sec === undefined) expect(place).toEqual({ wrong: 'after' });
    else expect('sec' in place && place.sec).toBeCloseTo(sec, 9);
  });

  it.each([
    '',
    ' ',
    'abc',
    '1:75',
    '1:2:3:4',
    '1.5:20',
    's',
    's1.5',
    'f-3',
    '1e3',
    '--2',
    '+',
    '12:',
    ':',
    '.',
    '1 h 2',
  ])('is not %j', (text) => {
    expect(at(text)).toEqual({ wrong: 'unknown' });
  });

  it('lies within the recording', () => {
    expect(at('3600.5')).toEqual({ wrong: 'after' });
    expect(at('-101')).toEqual({ wrong: 'before' });
    expect(at('s57600001')).toEqual({ wrong: 'after' });
    expect(at('3600.00001')).toEqual({ sec: 3600 });
  });
});
