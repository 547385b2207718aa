import { describe, expect, it } from 'vitest';
import { parseSweepKey, valueAt, writeNumber } from './sweepKeys.ts';

const parse = (text: string) => parseSweepKey(text, (key) => key === 'model.rnn.layers');

describe('parseSweepKey', () => {
  it('reads lists, whose brackets and quotes keep their commas', () => {
    expect(parse('optimizer.learningRate=1e-4, 3e-4,1e-4')).toEqual({
      key: 'optimizer.learningRate',
      values: ['1e-4', '3e-4'],
    });
    expect(parse('augment.speed=[0.9, 1.1],[1]')).toEqual({ key: 'augment.speed', values: ['[0.9, 1.1]', '[1]'] });
    expect(parse('text.keep="a,b",c')).toEqual({ key: 'text.keep', values: ['"a,b"', 'c'] });
  });

  it('reads ranges; a wide one is logarithmic unless it says otherwise', () => {
    const wide = { key: 'a', low: 1e-5, high: 1e-2, scale: 'log', whole: false };
    expect(parse('a=1e-5..1e-2')).toEqual(wide);
    expect(parse('a=1e-5..1e-2/4:linear')).toEqual({ ...wide, scale: 'linear', count: 4 });
    expect(parse('a=0..0.5')).toMatchObject({ scale: 'linear' });
    expect(parse('a=2..4:log')).toMatchObject({ scale: 'log', low: 2, high: 4 });
    expect(parse('model.rnn.layers=1..4/4')).toMatchObject({ whole: true });
  });

  it('names what is wrong', () => {
    const wrong: [string, RegExp][] = [
      ['optimizer.learningRate', /is not key=values, such as/],
      ['a=', /is not key=values/],
      ['a=1,,2', /a value of "1,,2" is empty/],
      ['a=2..1', /is not a range of two numbers, the lower one first/],
      ['a=x..1', /is not a range/],
      ['a=0..1:log', /begins above 0/],
      ['a=1..2/1', /not at least \/2/],
    ];
    for (const [text, message] of wrong) expect(() => parse(text), text).toThrow(message);
  });
});

it('values of a range are as one would write them', () => {
  const range = { low: 1e-5, high: 1e-2, scale: 'log', whole: false } as const;
  expect([0, 1 / 3, 0.5, 1].map((share) => valueAt(range, share))).toEqual(['1e-5', '1e-4', '3.16e-4', '0.01']);
  const layers = { low: 1, high: 4, scale: 'linear', whole: true } as const;
  expect([0, 0.5, 1].map((share) => valueAt(layers, share))).toEqual(['1', '3', '4']);
  expect([0, 1234567, 0.1234567, 25000, -2e-9].map(writeNumber)).toEqual(['0', '1.23e6', '0.123', '25000', '-2e-9']);
});
