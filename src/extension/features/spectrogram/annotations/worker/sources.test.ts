import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeText } from '../../../../../asr/annotations/decodeText.ts';
import type { AnnotationSource } from '../../../../../asr/annotations/sources/source.ts';
import { renderTextGrid } from '../../../../../asr/annotations/textGrid.ts';
import type { SaveRequest } from '../annotationsProtocol.ts';
import { findBeside, findListed, readSource } from './findSources.ts';
import { saveSource } from './saveSource.ts';

const root = mkdtempSync(join(tmpdir(), 'asr-labels-'));
afterAll(() => rmSync(root, { recursive: true }));
const at = (name: string) => join(root, name);
const recording = { file: at('wavs/a-1.wav'), durationSec: 4 };
const put = (name: string, content: string | Uint8Array) => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
};
const said = (sources: readonly AnnotationSource[]) =>
  sources.map(({ file, format, tiers }) => [
    file.slice(root.length + 1),
    format,
    tiers.flatMap(({ items }) => items.map(({ text }) => text)),
  ]);

beforeEach(() => {
  rmSync(root, { recursive: true });
  put('wavs/a-1.wav', '');
});

/** A request that gives the first item of the first tier another text. */
function renamed({ file, format, tiers, text }: AnnotationSource, to: string): SaveRequest {
  const [first, ...others] = tiers.map(({ key, name, kind, items }, i) => ({
    ...{ name, kind, changed: i === 0, before: { key, items } },
    after: items.map(({ place: _, ...item }, was) => ({ ...item, was })),
  }));
  first!.after[0]!.text = to;
  return {
    recording,
    file,
    format,
    tiers: [first!, ...others],
    overwrite: false,
    ...(text === undefined ? {} : { read: text }),
  };
}

describe('what is said of a recording', () => {
  test('stands in files beside it', async () => {
    const span = { startSec: 0, endSec: 4 };
    const intervals = [{ ...span, text: 'grid' }];
    put(
      'wavs/a-1.TextGrid',
      encodeText(renderTextGrid({ ...span, tiers: [{ ...span, kind: 'interval', name: 'x', intervals }] }), 'utf16le'),
    );
    put('wavs/a-1.txt', ' whole transcript\n');
    put('wavs/other.ctm', 'b 1 0 1 NO\na-1 1 0.5 0.5 YES 0.5\n');
    put('wavs/a.trans.txt', 'a-0 no\na-1 libri speech\n');
    put('wavs/a-10.TextGrid', 'another recording');
    put('wavs/a-1.wav.txt', 'not its transcript');
    const sources = await findBeside(recording);
    expect(said(sources).sort()).toEqual([
      ['wavs/a-1.TextGrid', 'textGrid', ['grid']],
      ['wavs/a-1.txt', 'text', ['whole transcript']],
      ['wavs/a.trans.txt', 'transcripts', ['libri speech']],
      ['wavs/other.ctm', 'ctm', ['YES']],
    ]);
    const before = readFileSync(at('wavs/a-1.TextGrid'));
    const grid = sources.find(({ format }) => format === 'textGrid')!;
    expect(await saveSource(renamed(grid, 'GRID'))).toMatchObject({ saved: [{ key: 'interval x 1' }] });
    const after = readFileSync(at('wavs/a-1.TextGrid'));
    expect(
      after.equals(Buffer.from(encodeText(before.toString('utf16le').slice(1).replace('"grid"', '"GRID"'), 'utf16le'))),
    ).toBe(true);
    await saveSource(renamed(sources.find(({ format }) => format === 'text')!, 'new'));
    expect(readFileSync(at('wavs/a-1.txt'), 'utf8')).toBe(' new\n');
    put('wavs/a-1.txt', '0.5\t1\tlabel\n');
    expect(said([(await readSource(recording, at('wavs/a-1.txt')))!])).toEqual([
      ['wavs/a-1.txt', 'audacity', ['label']],
    ]);
  });

  test('stands in lists elsewhere', async () => {
    put(
      'data/train.jsonl',
      '{"audio_filepath": "../wavs/a-1.wav", "text": "line"}\n{"audio_filepath": "../wavs/a-1.wav", \n',
    );
    put('data/events.jsonl', '{"kind": "step"}\n');
    put('metadata.csv', 'a-1|Written|normalised\nb|B|b\n');
    put('kaldi/wav.scp', `rec ${recording.file}\n`);
    put('kaldi/text', 'utt1 FIRST\nutt2 SECOND\n');
    put('kaldi/segments', 'utt1 rec 0 1\nutt2 rec 2 3\n');
    const sources = await findListed(recording, ['data/train.jsonl', 'data/events.jsonl', 'kaldi/wav.scp'].map(at));
    expect(said(sources).sort()).toEqual([
      ['data/train.jsonl', 'manifest', ['line']],
      ['kaldi/text', 'kaldi', ['FIRST', 'SECOND']],
      ['metadata.csv', 'table', ['normalised']],
    ]);
    expect(sources.find(({ format }) => format === 'manifest')!.problems).toMatchObject([
      { code: 'manifest-json', line: 2 },
    ]);
    for (const source of sources) await saveSource(renamed(source, 'NEW'));
    expect(readFileSync(at('data/train.jsonl'), 'utf8')).toContain('"../wavs/a-1.wav", "text": "NEW"}\n{"audio');
    expect(readFileSync(at('kaldi/text'), 'utf8')).toBe('utt1 NEW\nutt2 SECOND\n');
    expect(readFileSync(at('metadata.csv'), 'utf8')).toBe('a-1|Written|NEW\nb|B|b\n');
    expect(said([(await readSource(recording, at('kaldi/segments')))!])).toEqual([
      ['kaldi/text', 'kaldi', ['NEW', 'SECOND']],
    ]);
  });

  test('counts over links', async () => {
    mkdirSync(at('linked'));
    symlinkSync(at('wavs'), at('linked/w'));
    put('wavs/m.jsonl', '{"audio_filepath": "../linked/w/a-1.wav", "text": "linked"}\n');
    put('wavs/n.jsonl', '{"audio_filepath": "../elsewhere/a-1.wav", "text": "other"}\n');
    expect(said(await findListed(recording, []))).toEqual([['wavs/m.jsonl', 'manifest', ['linked']]]);
  });

  test('that is no UTF-8 is shown and not changed', async () => {
    put('wavs/a-1.txt', Uint8Array.from([0x47, 0x72, 0xf6, 0x0a]));
    const [source] = await findBeside(recording);
    expect(source).toMatchObject({ tiers: [{ can: { text: false } }], problems: [{ code: 'text-encoding' }] });
    expect(await saveSource(renamed(source!, 'x'))).toEqual({ conflict: expect.stringContaining('UTF-8') });
  });

  test('of which nothing can be read is nothing', async () => {
    put('wavs/a-1.TextGrid', 'broken');
    mkdirSync(at('wavs/a-1.txt'));
    put('wavs/a-1.ctm', Uint8Array.from([0, 1, 2]));
    expect(said(await findBeside(recording))).toEqual([['wavs/a-1.TextGrid', 'textGrid', []]]);
    expect(await findBeside({ file: at('nowhere/a.wav'), durationSec: 1 })).toEqual([]);
    expect(await readSource(recording, at('gone.jsonl'))).toBeUndefined();
  });
});

describe('saving', () => {
  const line = '{"audio_filepath": "a-1.wav", "text": "line"}\n';

  test('keeps links and rights, and leaves nothing else behind', async () => {
    put('wavs/real.jsonl', line);
    chmodSync(at('wavs/real.jsonl'), 0o640);
    symlinkSync('real.jsonl', at('wavs/link.jsonl'));
    const source = (await readSource(recording, at('wavs/link.jsonl')))!;
    const outcome = await saveSource(renamed(source, 'new'));
    expect(lstatSync(at('wavs/link.jsonl')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('wavs/real.jsonl'), 'utf8')).toBe(line.replace('line', 'new'));
    expect(statSync(at('wavs/real.jsonl')).mode & 0o777).toBe(0o640);
    expect(readdirSync(at('wavs')).sort()).toEqual(['a-1.wav', 'link.jsonl', 'real.jsonl']);
    expect('stamp' in outcome && outcome.stamp).toBe((await readSource(recording, at('wavs/link.jsonl')))!.stamp);
  });

  test('refuses what has changed or is gone, until it is to be overwritten', async () => {
    put('wavs/m.jsonl', line);
    const source = (await readSource(recording, at('wavs/m.jsonl')))!;
    put('wavs/m.jsonl', line.replace('line', 'theirs'));
    expect(await saveSource(renamed(source, 'mine'))).toEqual({ conflict: 'a line was changed or removed there too' });
    rmSync(at('wavs/m.jsonl'));
    expect(await saveSource(renamed(source, 'mine'))).toEqual({ conflict: 'it is no longer there' });
    await saveSource({ ...renamed(source, 'mine'), overwrite: true });
    expect(readFileSync(at('wavs/m.jsonl'), 'utf8')).toContain('"text": "mine"');
  });

  test('answers the text of an editor and writes nothing', async () => {
    put('wavs/m.jsonl', line);
    const source = (await readSource(recording, at('wavs/m.jsonl')))!;
    const outcome = await saveSource({ ...renamed(source, 'mine'), open: `\n${line}` });
    expect(outcome).toMatchObject({ text: `\n${line.replace('line', 'mine')}` });
    expect(readFileSync(at('wavs/m.jsonl'), 'utf8')).toBe(line);
  });

  test('finds one line among a hundred thousand without parsing the others', async () => {
    const all = Array.from(
      { length: 100_000 },
      (_, i) => `{"audio_filepath": "clip-${i}.wav", "duration": 3.5, "text": "some words ${i}"}\n`,
    );
    all[70_000] = line;
    put('wavs/big.jsonl', all.join(''));
    const parse = vi.spyOn(JSON, 'parse');
    const source = (await readSource(recording, at('wavs/big.jsonl')))!;
    // Only lines that have the name in them are looked at.
    expect(parse.mock.calls.length).toBeLessThan(10);
    parse.mockRestore();
    await saveSource(renamed(source, 'new'));
    expect(source.tiers[0]!.items[0]!.place!.line).toBe(70_001);
    expect(readFileSync(at('wavs/big.jsonl'), 'utf8')).toBe(all.with(70_000, line.replace('line', 'new')).join(''));
  });
});
