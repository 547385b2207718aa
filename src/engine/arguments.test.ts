import { expect, test } from 'vitest';
import { type CommandSpec, parseArguments, UsageError } from './arguments.ts';

const spec: CommandSpec = {
  summary: 'does it',
  operands: ['<config>', '[dir]'],
  options: {
    out: { value: '<file>', description: 'file' },
    set: { value: '<key=value>', description: 'set', repeated: true },
    threads: { value: '<n>', description: 'n' },
    device: { value: '<name>', description: 'device', choices: ['auto', 'cpu'] },
    resume: { description: 'resume' },
  },
};
const parse = (...argv: string[]) => parseArguments('train', spec, argv);
const refused = (...argv: string[]) => {
  try {
    parse(...argv);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return (error as Error).message;
  }
  throw new Error('it was accepted');
};

test('operands, flags and values in any order', () => {
  const args = parse('--resume', 'a.yaml', '--out=x', 'runs', '--threads', '2');
  expect(args.operands).toEqual(['a.yaml', 'runs']);
  expect([args.flag('resume'), args.flag('json'), args.text('out'), args.text('device')]).toEqual([
    true,
    false,
    'x',
    undefined,
  ]);
  expect(args.number('threads')).toBe(2);
});

test('a repeated option collects, and takes key=value words that follow it', () => {
  expect(parse('c', '--set', 'a=1', 'b.c=2', '--set', 'd=[3, 4]').texts('set')).toEqual(['a=1', 'b.c=2', 'd=[3, 4]']);
  expect(parse('--set', 'a=1', 'c').operands).toEqual(['c']);
  expect(parse('c').texts('set')).toEqual([]);
});

test('after -- everything is an operand', () => {
  expect(parse('--', '--odd name.yaml').operands).toEqual(['--odd name.yaml']);
});

test.each([
  [['c', '--otu', 'x'], 'train has no option --otu; did you mean --out?'],
  [['c', '--colour'], 'train has no option --colour; see "asr train --help"'],
  [['c', '-x'], 'train has no option -x; see "asr train --help"'],
  [['c', '--out'], '--out needs a value: --out <file>; see "asr train --help"'],
  [['c', '--out='], '--out needs a value: --out <file>; see "asr train --help"'],
  [['c', '--out', 'a', '--out', 'b'], '--out is given twice; see "asr train --help"'],
  [['c', '--resume=yes'], '--resume takes no value; see "asr train --help"'],
  [['c', '--device', 'cpuu'], '--device is "cpuu"; expected auto, cpu; did you mean "cpu"?; see "asr train --help"'],
  [[], 'train needs <config>; see "asr train --help"'],
  [['a', 'b', 'c'], 'train: unexpected "c"; see "asr train --help"'],
  [['c', '--__proto__', 'x'], 'train has no option --__proto__; see "asr train --help"'],
])('%j is refused', (argv, message) => {
  expect(refused(...argv)).toBe(message);
});

test('an option the command cannot do without', () => {
  const needy = { ...spec, options: { out: { value: '<file>', description: 'file', required: true } } };
  expect(() => parseArguments('export', needy, ['c'])).toThrow('export needs --out <file>');
  expect(parseArguments('export', needy, ['--help']).flag('help')).toBe(true);
  expect(parseArguments('export', needy, ['-h']).flag('help')).toBe(true);
});

test('open operands take any number, but one at least', () => {
  const open = { ...spec, operands: ['<model>', '<audio…>'] };
  expect(parseArguments('transcribe', open, ['m', 'a', 'b', 'c']).operands).toHaveLength(4);
  expect(() => parseArguments('transcribe', open, ['m'])).toThrow('transcribe needs <audio…>');
});

test.each([
  ['x', {}],
  ['', {}],
  ['1e999', {}],
  ['0', { min: 1 }],
  ['9', { max: 8 }],
  ['1.5', { integer: true }],
])('--threads %j is not a number in %j', (value, range) => {
  const args = parse('c', `--threads=${value === '' ? ' ' : value}`);
  expect(() => args.number('threads', range)).toThrow(UsageError);
});
