import fc from 'fast-check';
import { expect, test } from 'vitest';
import { excludeUtterance } from './excludeUtterance.ts';
import { parseManifest } from './manifest.ts';

const edit = (line: string, excluded: boolean) =>
  excludeUtterance(line, { audioFilepath: 'a', line: 1 }, excluded)?.text;

test.each([
  ['{"audio_filepath": "a", "text": "x"}', '{"audio_filepath": "a", "text": "x", "exclude": true}'],
  [
    '{"audio_filepath":"a","text":"x","z":[{"exclude":1}]}',
    '{"audio_filepath":"a","text":"x","z":[{"exclude":1}],"exclude":true}',
  ],
  [' { "audio_filepath" : "a" , "text" : "}" } ', ' { "audio_filepath" : "a" , "text" : "}", "exclude": true } '],
  ['{"exclude": false, "text": "x", "audio_filepath": "a"}', '{"exclude": true, "text": "x", "audio_filepath": "a"}'],
  [
    '{"text": "x", "exclude": {"why": "noise"}, "audio_filepath": "a"}',
    '{"text": "x", "exclude": true, "audio_filepath": "a"}',
  ],
])('sets %s', (line, excluded) => {
  expect(edit(line, true)).toBe(excluded);
  expect(edit(excluded, true)).toBe(excluded);
});

test.each([
  ['{"audio_filepath": "a", "exclude": true, "text": "x"}', '{"audio_filepath": "a", "text": "x"}'],
  ['{"exclude":true,"audio_filepath":"a"}', '{"audio_filepath":"a"}'],
  ['{"audio_filepath": "a", "exclude": 1, "exclude": true}', '{"audio_filepath": "a"}'],
  ['{"audio_filepath": "a", "text": "x"}', '{"audio_filepath": "a", "text": "x"}'],
])('clears %s', (line, cleared) => {
  expect(edit(line, false)).toBe(cleared);
});

test('finds the utterance where it has moved to, with its offset, and keeps CRLF and a BOM apart', () => {
  const line = (name: string, offset?: number) =>
    JSON.stringify({ audio_filepath: name, text: 'x', ...(offset === undefined ? {} : { offset }) });
  const manifest = `\uFEFF${[line('a'), line('b', 1), line('b', 2), '', 'torn {', line('a', 0)].join('\r\n')}\r\n`;
  const find = (audioFilepath: string, at: number, offsetSec?: number) =>
    excludeUtterance(manifest, { audioFilepath, line: at, ...(offsetSec === undefined ? {} : { offsetSec }) }, true);
  expect(find('a', 6)).toEqual({ line: 1, text: '{"audio_filepath":"a","text":"x","exclude":true}' });
  expect(find('b', 1, 2)).toEqual({ line: 3, text: '{"audio_filepath":"b","text":"x","offset":2,"exclude":true}' });
  expect(find('a', 400, 0)?.line).toBe(6);
  expect(find('b', 2)).toBeUndefined();
  expect(find('c', 1)).toBeUndefined();
});

test('any line comes back by clearing what was set, and only its exclusion changes', () => {
  const record = fc.record(
    { audio_filepath: fc.constant('a'), text: fc.string(), note: fc.jsonValue(), 'k"\\': fc.jsonValue() },
    { requiredKeys: ['audio_filepath', 'text'] },
  );
  fc.assert(
    fc.property(record, fc.boolean(), (value, spaced) => {
      const compact = JSON.stringify(value);
      const line = spaced ? JSON.stringify(value, undefined, 1).replace(/\n */g, ' ') : compact;
      const set = edit(line, true)!;
      expect(JSON.parse(set)).toEqual({ ...(JSON.parse(line) as object), exclude: true });
      expect(parseManifest(set, 'm')).toMatchObject({ utterances: [], problems: [], excluded: 1 });
      expect(edit(set, false)).toBe(line);
    }),
  );
});
