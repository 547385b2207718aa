import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseExperiment } from './parseExperiment.ts';

const bomb = (levels: number, width: number) =>
  [
    `a0: &a0 [${Array(width).fill('x').join(', ')}]`,
    ...Array.from({ length: levels }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(width).fill(`*a${i}`).join(', ')}]`),
  ].join('\n');
const data = 'data: { train: [a] }\n';

/** Configs made to break a parser; each must be refused with a place, in a moment, and leave the program as it was. */
const hostile: Record<string, string> = {
  empty: '',
  'only a comment': '# nothing',
  'only spaces': '   \n  ',
  'only a BOM': '\uFEFF',
  null: 'null',
  number: '3',
  text: 'hello',
  list: '- a\n- b',
  'a key that is a list': '? [a, b]\n: 1',
  'a key that is a map': '? { a: 1 }\n: 1',
  'an empty key': ': 1',
  'a null key': '~: 1',
  NUL: 'data: \u0000',
  'control characters': '\u0001\u0002\u0003',
  'a lone surrogate': 'name: "\\ud800"',
  'bytes of a WAV': 'RIFF\u0024\u0000\u0000\u0000WAVEfmt \u0010',
  'a tab as indentation': 'data:\n\ttrain: [a]',
  'an open list': 'data: { train: [a',
  'an open string': 'name: "abc',
  'a closing bracket too many': 'data: { train: [a] }}',
  'a bad escape': 'name: "\\q"',
  'a duplicate key': `${data}seed: 1\nseed: 2`,
  'a duplicate key inside': 'data: { train: [a], train: [b] }',
  'two documents': `${data}---\n${data}`,
  'a document end and more': `${data}...\nseed: 1`,
  'a JavaScript function tag': `${data}name: !!js/function "function(){}"`,
  'a Python object tag': `${data}name: !!python/object/apply:os.system ["id"]`,
  'a custom tag': `${data}name: !include secret.yaml`,
  'a binary tag': `${data}name: !!binary aGVsbG8=`,
  'a set tag': `${data}text: !!set { case }`,
  'YAML 1.1': `%YAML 1.1\n---\n${data}`,
  'an unknown directive': `%FOO bar\n---\n${data}seed: x`,
  'a merge key': `base: &b { epochs: 3 }\n${data}training: { <<: *b }`,
  'an unknown alias': 'data: *nowhere',
  'an alias bomb': `${bomb(9, 9)}\n${data}`,
  'an alias bomb in a known key': `${bomb(9, 9)}\ndata: { train: *a9 }`,
  'a wide alias': `${data}model: { blocks: [&b { channels: 1, pool: [1, 1] }, ${Array(5000).fill('*b').join(', ')}] }`,
  'a list that holds itself': `${data}augment: { speed: &s [*s] }`,
  'a map that holds itself': `${data}model: &m { rnn: *m }`,
  'a root that holds itself': '&r\ndata: *r',
  'deep lists': '['.repeat(60_000),
  'deep maps': '{a: '.repeat(15_000),
  'deep dashes': '- '.repeat(30_000),
  'deep indentation': Array.from({ length: 350 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  'deep but closed lists': `${data}augment: { speed: ${'['.repeat(600)}1${']'.repeat(600)} }`,
  'very deep lists': '['.repeat(20_000),
  'a scalar of 10 MB': `name: ${'x'.repeat(10_000_000)}`,
  'not a number': `${data}seed: .nan`,
  'a number beyond doubles': `${data}optimizer: { learningRate: 1e309 }`,
  'CRLF and a BOM': '\uFEFFdata: { train: [a] }\r\nsed: 1\r\n',
  'UTF-16': [...`${data}`].join('\0'),
  'UTF-16 with its mark, read as UTF-8': `\uFFFD\uFFFD${[...data].join('\0')}\0`,
  'a huge file': `# ${'x'.repeat(300_000)}\n${data}`,
  'a huge key': `${data}? ${'k'.repeat(60_000)}\n: 1`,
  'a huge number': `${data}seed: ${'9'.repeat(60_000)}`,
  'a huge list': `data: { train: [${Array(20_000).fill('""').join(',')}] }`,
  'many unknown keys': Array.from({ length: 6_000 }, (_, i) => `k${i}: 1`).join('\n'),
  __proto__: `${data}__proto__: { polluted: true }`,
  '__proto__ inside': `${data}training: { __proto__: { polluted: true } }`,
  'constructor.prototype': `${data}constructor: { prototype: { polluted: true } }`,
  'constructor inside': `${data}model: { constructor: { prototype: { polluted: true } } }`,
  'toString as a section': `${data}toString: {}`,
  '__proto__ as a preset': `${data}preset: __proto__`,
  'constructor as a preset': `${data}preset: constructor`,
  'infinity as a size': `${data}model: { rnn: { hiddenSize: .inf } }`,
  'a size beyond memory': `${data}model: { rnn: { hiddenSize: 1e12 } }`,
  'a hexadecimal surprise': `${data}features: { fftSize: 0xFFFFFFFF }`,
  'an octal surprise': `${data}features: { mels: 0o7777 }`,
  'a date where a number belongs': `${data}seed: 2020-01-01`,
  'a path out of the name': `${data}name: ../../etc/passwd`,
  'a line break in the name': `${data}name: "a\\nb"`,
  'HTML in a key': `${data}"<img src=x onerror=alert(1)>": 1`,
  'an escape sequence in a key': `${data}"\\e[2J": 1`,
};

test('there are at least 60 of them', () => {
  expect(Object.keys(hostile).length).toBeGreaterThanOrEqual(60);
});

test.each(Object.entries(hostile))('%s is refused with its place', (_, text) => {
  const started = process.cpuUsage();
  const { experiment, problems } = parseExperiment(text, 'x.asr.yaml');
  // Of processor time: how busy the machine is does not count.
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(200);
  expect(experiment).toBeUndefined();
  expect(problems.length).toBeGreaterThan(0);
  expect(problems.length).toBeLessThanOrEqual(121);
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const problem of problems) {
    expect(problem).toMatchObject({ severity: 'error', file: 'x.asr.yaml' });
    expect(problem.message).not.toBe('');
    expect(problem.message.length).toBeLessThan(600);
    const { line, column, endLine, endColumn } = problem as Required<typeof problem>;
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length + 1);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 1);
    expect(endLine > line || (endLine === line && endColumn >= column)).toBe(true);
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('no text makes it throw', () => {
  const pieces = fc.constantFrom(
    'data',
    'model',
    ': ',
    '\n',
    '  ',
    '[',
    ']',
    '{',
    '}',
    '&a',
    '*a',
    '- ',
    '"',
    "'",
    '!x',
    '#',
    '1',
    '|',
    '>',
    '?',
    ',',
    '---',
    '\t',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.array(pieces, { maxLength: 30 }).map((list) => list.join('')),
      ),
      (text) => {
        const { experiment, problems } = parseExperiment(text, 'x');
        expect(experiment === undefined).toBe(problems.length > 0);
      },
    ),
    { numRuns: 2000 },
  );
});
