import { expect, test } from 'vitest';
import { UserError } from '../problem.ts';
import { applySet } from './applySet.ts';
import { parseExperiment } from './parseExperiment.ts';

const base = '# mine\ndata: { train: [a.jsonl] } # here\ntraining:\n  epochs: 40 # many\n';
const experimentOf = (text: string) => {
  const { experiment, problems } = parseExperiment(text, 'x');
  expect(problems).toEqual([]);
  return experiment!;
};

test('one key changes, comments stay', () => {
  const text = applySet(base, 'training.epochs=3');
  expect(text).toContain('epochs: 3 # many');
  expect(text).toContain('# mine');
  expect(experimentOf(text).training.epochs).toBe(3);
});

test.each([
  ['name=abc', (e: ReturnType<typeof experimentOf>) => e.name, 'abc'],
  ['augment.speed=[1]', (e: ReturnType<typeof experimentOf>) => e.augment.speed, [1]],
  ['optimizer.clipNorm=null', (e: ReturnType<typeof experimentOf>) => e.optimizer.clipNorm, null],
  ['model.rnn.bidirectional=false', (e: ReturnType<typeof experimentOf>) => e.model.rnn.bidirectional, false],
  ['data.train.0=b.jsonl', (e: ReturnType<typeof experimentOf>) => e.data.train, ['b.jsonl']],
  ['data.dev=[c=d.jsonl]', (e: ReturnType<typeof experimentOf>) => e.data.dev, ['c=d.jsonl']],
  ['text.keep="ab "', (e: ReturnType<typeof experimentOf>) => e.text.keep, 'ab '],
])('%s', (assignment, read, expected) => {
  expect(read(experimentOf(applySet(base, assignment)))).toEqual(expected);
});

test('sections that are missing or empty come into being, and an empty file as well', () => {
  expect(experimentOf(applySet(`${base}model:\n`, 'model.rnn.layers=1')).model.rnn.layers).toBe(1);
  expect(experimentOf(applySet('', 'data.train=[a]')).data.train).toEqual(['a']);
});

test('several in a row', () => {
  const text = ['seed=7', 'training.epochs=2', 'training.threads=1'].reduce(applySet, base);
  const { seed, training } = experimentOf(text);
  expect([seed, training.epochs, training.threads]).toEqual([7, 2, 1]);
});

test.each(['epochs', '=3', 'training.=3', '.epochs=3', 'training.epochs=[1', 'name=!x y', 'data.train.0.x=1'])(
  '%s is refused',
  (assignment) => {
    expect(() => applySet(base, assignment)).toThrow(UserError);
  },
);

test('an unknown key is for the parser to name', () => {
  const { problems } = parseExperiment(applySet(base, 'training.epoch=3'), 'x');
  expect(problems).toMatchObject([{ code: 'config-key', message: expect.stringContaining('did you mean "epochs"?') }]);
});

test('__proto__ is a key like any other unknown one', () => {
  const { problems } = parseExperiment(applySet(base, '__proto__.polluted=1'), 'x');
  expect(problems).toMatchObject([{ code: 'config-key' }]);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

test('changes on top of a text leave places as they are in the text', () => {
  const text = `${base}seed: x\n`;
  const { problems } = parseExperiment(text, 'x', ['augment.speed=[]', 'training.epochs=0', 'name=a', 'nam=b']);
  expect(problems.map(({ line, column, message }) => `${line}:${column} ${message}`)).toEqual([
    expect.stringMatching(/^5:7 seed is the text "x"/),
    expect.stringMatching(/^2:1 augment.speed is an empty list/),
    expect.stringMatching(/^4:3 training.epochs is 0/),
    expect.stringMatching(/^2:1 unknown key "nam"/),
  ]);
  expect(parseExperiment(base, 'x', ['training.epochs=3', 'model.rnn.layers=1']).experiment).toMatchObject({
    training: { epochs: 3 },
    model: { rnn: { layers: 1 } },
  });
});

test('an alias bomb as a value is refused', () => {
  expect(() => applySet(base, 'x=[&a [1], *a]')).toThrow(UserError);
  expect(() => applySet(base, 'x=*a')).toThrow(UserError);
});
