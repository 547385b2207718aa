import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseManifest, renderUtterance } from './manifest.ts';

const good = '{"audio_filepath": "a.wav", "text": "ONE", "duration": 1.5, "speaker": "s", "offset": 2}';

test('a manifest saved as UTF-16 is one problem, not one per line', () => {
  const lines = '{"audio_filepath": "a.wav", "text": "A"}\r\n'.repeat(3);
  const little = Buffer.from(lines, 'utf16le');
  const big = Buffer.from(little).swap16();
  for (const bytes of [little, big, Buffer.from(`\uFEFF${lines}`, 'utf16le')]) {
    const { utterances, problems } = parseManifest(bytes.toString('utf8'), 'm.jsonl');
    expect(utterances).toEqual([]);
    expect(problems).toMatchObject([
      { code: 'manifest-encoding', line: 1, message: expect.stringContaining('UTF-16') },
    ]);
  }
});

test('known keys are read, unknown ones kept', () => {
  const { utterances, problems } = parseManifest(
    '{"audio_filepath":"a.wav","text":"ONE","lang":"en","speaker":7}',
    'm.jsonl',
  );
  expect(problems).toEqual([]);
  expect(utterances).toEqual([
    {
      id: 'a.wav',
      audioFilepath: 'a.wav',
      text: 'ONE',
      speaker: '7',
      line: 1,
      file: 'm.jsonl',
      source: '{"audio_filepath":"a.wav","text":"ONE","lang":"en","speaker":7}',
    },
  ]);
  expect(parseManifest(good, 'm').utterances[0]).toMatchObject({ id: 'a.wav@2', durationSec: 1.5, offsetSec: 2 });
});

test.each([
  ['a BOM', `\uFEFF${good}`],
  ['CRLF', `${good}\r\n`],
  ['blank lines', `\n  \n${good}\n\n`],
  ['no line break at the end', good],
])('%s is no problem', (_, text) => {
  const { utterances, problems } = parseManifest(text, 'm');
  expect(problems).toEqual([]);
  expect(utterances).toHaveLength(1);
});

test('lines count from 1 with blank lines counted, and line separators inside a string do not part lines', () => {
  const { utterances } = parseManifest(`\n${good}\n{"audio_filepath":"b","text":"x\u2028y"}`, 'm');
  expect(utterances.map(({ line }) => line)).toEqual([2, 3]);
});

test.each([
  ['{"audio_filepath": "a", "text": }', 'manifest-json', 'error'],
  ['not json', 'manifest-json', 'error'],
  ['{"audio_filepath": "a", "text": "x"', 'manifest-json', 'error'],
  ['[1]', 'manifest-json', 'error'],
  ['null', 'manifest-json', 'error'],
  ['7', 'manifest-json', 'error'],
  ['{"text": "x"}', 'manifest-key', 'error'],
  ['{"audio_filepath": "a"}', 'manifest-key', 'error'],
  ['{"__proto__": {"audio_filepath": "a"}, "text": "x"}', 'manifest-key', 'error'],
  ['{"audio_filepath": 1, "text": "x"}', 'manifest-value', 'error'],
  ['{"audio_filepath": "", "text": "x"}', 'manifest-value', 'error'],
  ['{"audio_filepath": "a\\u0000.wav", "text": "x"}', 'manifest-value', 'error'],
  ['{"audio_filepath": "a", "text": null}', 'manifest-value', 'error'],
  ['{"audio_filepath": "a", "text": "x", "duration": "1"}', 'manifest-value', 'warning'],
  ['{"audio_filepath": "a", "text": "x", "duration": 0}', 'manifest-value', 'warning'],
  ['{"audio_filepath": "a", "text": "x", "duration": 1e999}', 'manifest-value', 'warning'],
  ['{"audio_filepath": "a", "text": "x", "offset": -1}', 'manifest-value', 'warning'],
  ['{"audio_filepath": "a", "text": "x", "speaker": {}}', 'manifest-value', 'warning'],
  [`{"audio_filepath": "a", "text": "${'x'.repeat(1 << 20)}"}`, 'manifest-line', 'error'],
])('a bad line: %.60j', (line, code, severity) => {
  const { utterances, problems } = parseManifest(`${good}\n${line}\n${good.replace('a.wav', 'b.wav')}`, 'm.jsonl');
  expect(problems).toMatchObject([{ code, severity, file: 'm.jsonl', line: 2 }]);
  expect(utterances).toHaveLength(severity === 'error' ? 2 : 3);
});

test('an excluded line is counted, and nothing else of it is looked at', () => {
  const lines = [good, '{"exclude": true, "audio_filepath": "a.wav", "offset": 2}', good.replace('a.wav', 'b.wav')];
  const { utterances, problems, excluded } = parseManifest(lines.join('\n'), 'm');
  expect([utterances.map(({ line }) => line), problems, excluded]).toEqual([[1, 3], [], 1]);
});

test.each(['false', '"true"', '1', 'null', '{"why": "noise"}'])('"exclude": %s is a problem at its place', (value) => {
  const { utterances, problems, excluded } = parseManifest(`${good.slice(0, -1)}, "exclude": ${value}}`, 'm');
  const column = good.length + ', "exclude": '.length;
  expect(problems).toMatchObject([{ severity: 'warning', line: 1, column, endColumn: column + value.length }]);
  expect([utterances.length, excluded]).toEqual([1, 0]);
});

test('JSON faults are placed where they stand', () => {
  const [problem] = parseManifest('{"audio_filepath": "a", "text": }', 'm').problems;
  expect(problem).toMatchObject({ line: 1, column: 33 });
});

test('the same audio twice is a warning, and ids stay unique', () => {
  const { utterances, problems } = parseManifest(`${good}\n${good}\n${good}`, 'm');
  expect(problems.map(({ code, line }) => [code, line])).toEqual([
    ['manifest-duplicate', 2],
    ['manifest-duplicate', 3],
  ]);
  expect(new Set(utterances.map(({ id }) => id)).size).toBe(3);
});

test('what is rendered is read back, with every unknown key and the order of keys', () => {
  const record = fc.record(
    {
      audio_filepath: fc.string({ minLength: 1 }).filter((path) => !path.includes('\0')),
      text: fc.string(),
      duration: fc.double({ min: 0.01, max: 1e4, noNaN: true }),
      offset: fc.double({ min: 0, max: 1e4, noNaN: true }),
      speaker: fc.string(),
      note: fc.jsonValue(),
    },
    { requiredKeys: ['audio_filepath', 'text'] },
  );
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      const text = records.map((value) => JSON.stringify(value)).join('\r\n');
      const { utterances, problems } = parseManifest(text, 'm');
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([]);
      expect(utterances.map(renderUtterance)).toEqual(records.map((value) => JSON.stringify(value)));
    }),
  );
});

test('no text makes it throw, and each line is an utterance, a problem or blank', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant(good))), (lines) => {
      const text = lines.map((line) => line.replace(/[\n\uFEFF]/g, ' ')).join('\n');
      const { utterances, problems } = parseManifest(text, 'm');
      const named = new Set([...utterances.map(({ line }) => line), ...problems.map(({ line }) => line)]);
      lines.forEach((line, i) => {
        expect(named.has(i + 1)).toBe(line.replace(/[\n\uFEFF]/g, ' ').trim() !== '');
      });
    }),
  );
});

test('an edited utterance keeps the rest of its line', () => {
  const [utterance] = parseManifest('{"id":1,"text":"OLD","audio_filepath":"a","x":[1],"exclude":0}', 'm').utterances;
  expect(renderUtterance({ ...utterance!, text: 'NEW' })).toBe(
    '{"id":1,"text":"NEW","audio_filepath":"a","x":[1],"exclude":0}',
  );
});

test('100 000 lines, 1 % bad, take at most 2 s, and every bad line is named', () => {
  const lines = Array.from({ length: 100_000 }, (_, i) =>
    i % 100 === 50
      ? '{"audio_filepath": "broken'
      : `{"audio_filepath": "wav/${i}.wav", "duration": 3.2, "text": "SOME WORDS HERE ${i}", "speaker": "s${i % 99}"}`,
  );
  const text = lines.join('\n');
  const started = process.cpuUsage();
  const { utterances, problems } = parseManifest(text, 'm');
  // Takes about 0.3 s; the limit is the requirement. CPU time, since other tests run beside this one.
  expect(process.cpuUsage(started).user / 1000).toBeLessThan(2000);
  expect(utterances).toHaveLength(99_000);
  expect(problems.map(({ line }) => line)).toEqual(Array.from({ length: 1000 }, (_, i) => 100 * i + 51));
});
