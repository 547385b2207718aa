import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HeaderChunk } from '../../shared/headerChunk.ts';
import { memorySource } from '../byteSource.ts';
import { writeWav } from '../writeWav.ts';
import { listChunks } from './listChunks.ts';
import { mostChunks, mostFields, visibleText } from './visibleText.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/audio');
const zoo = join(import.meta.dirname, '../../../../shared/data/wav-zoo/files');

const listOf = (bytes: Uint8Array) => listChunks(memorySource(bytes));
const fieldOf = (chunks: HeaderChunk[], id: string, name: string) =>
  chunks.find((chunk) => chunk.id === id)?.fields.find((field) => field.name === name)?.value;
const plain = writeWav([new Float32Array(100)], 16_000);

function chunkBytes(id: string, body: Uint8Array | string): Buffer {
  const content = Buffer.from(body as string, 'latin1');
  const head = Buffer.alloc(8);
  head.write(id, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}
const withChunks = (...chunks: Buffer[]) => Buffer.concat([plain, ...chunks]);

describe('the chunks of a file', () => {
  it('are told with their places, sizes and fields', async () => {
    const tags = Buffer.concat([Buffer.from('INFO'), chunkBytes('INAM', 'A title\0'), chunkBytes('ICMT', 'odd')]);
    const chunks = await listOf(withChunks(chunkBytes('LIST', tags), chunkBytes('abcd', 'what is it?')));
    expect(chunks.map(({ id, offset, size }) => [id, offset, size])).toEqual([
      ['RIFF', 0, 236],
      ['fmt', 12, 16],
      ['data', 36, 200],
      ['LIST INFO', 244, tags.length],
      ['abcd', 252 + tags.length, 11],
    ]);
    expect(chunks[0]!.note).toMatch(/says 236 bytes/);
    expect(fieldOf(chunks, 'fmt', 'format')).toBe('0x0001 PCM');
    expect(fieldOf(chunks, 'fmt', 'sample rate')).toBe('16000 Hz');
    expect(fieldOf(chunks, 'LIST INFO', 'INAM (title)')).toBe('A title');
    expect(fieldOf(chunks, 'LIST INFO', 'ICMT (comment)')).toBe('odd');
    expect(fieldOf(chunks, 'abcd', 'bytes')).toContain('what is it?');
  });

  it('say what is odd and go on', async () => {
    const cut = await listOf(withChunks(chunkBytes('bext', 'short')));
    expect(cut.at(-1)).toMatchObject({ id: 'bext', note: 'it ends before its last field' });
    const beyond = Uint8Array.from(withChunks(chunkBytes('junk', 'xxxx')));
    new DataView(beyond.buffer).setUint32(beyond.length - 8, 5000, true);
    expect((await listOf(beyond)).at(-1)!.note).toBe('says 5000 bytes, 4 follow');
    const unpadded = Buffer.concat([chunkBytes('one ', 'abc').subarray(0, 11), chunkBytes('two ', 'abcd')]);
    expect((await listOf(withChunks(unpadded))).map(({ id }) => id).slice(3)).toEqual(['one', 'two']);
    expect(await listOf(Buffer.alloc(0))).toEqual([]);
    expect(await listOf(Buffer.from('nothing'))).toMatchObject([{ id: '?', size: 7 }]);
  });

  it('are bounded, however many there are', async () => {
    const many = withChunks(...Array.from({ length: 1000 }, () => chunkBytes('junk', '')));
    expect((await listOf(many)).length).toBe(mostChunks);
    const tags = Buffer.concat([Buffer.from('INFO'), ...Array.from({ length: 500 }, () => chunkBytes('INAM', 'x'))]);
    expect((await listOf(withChunks(chunkBytes('LIST', tags)))).at(-1)!.fields.length).toBe(mostFields);
    const long = Buffer.concat([Buffer.from('INFO'), chunkBytes('ICMT', 'x'.repeat(5000))]);
    expect(
      fieldOf(await listOf(withChunks(chunkBytes('LIST', long))), 'LIST INFO', 'ICMT (comment)')!.length,
    ).toBeLessThan(700);
  });

  it('hold text that cannot act: controls and turned writing are escaped', async () => {
    expect(visibleText('a\u0000b\x1b[2J\n\u202egnp.exe\u2066')).toBe('a\\x00b\\x1b[2J\\n\\u{202e}gnp.exe\\u{2066}');
    expect(visibleText('Größe 漢字 <b>&amp;"')).toBe('Größe 漢字 <b>&amp;"');
    const hostile = Buffer.concat([Buffer.from('INFO'), chunkBytes('I\x1b<b', '<img src=x onerror=alert(1)>\x07')]);
    const [field] = (await listOf(withChunks(chunkBytes('LIST', hostile)))).at(-1)!.fields;
    expect(field).toEqual({ name: 'I\\x1b<b', value: '<img src=x onerror=alert(1)>\\x07' });
  });

  it('of FLAC are its blocks', async () => {
    const blocks = await listOf(readFileSync(join(fixtures, 's24-stereo.flac')));
    expect(blocks.map(({ id }) => id).slice(0, 2)).toEqual(['fLaC', 'STREAMINFO']);
    expect(fieldOf(blocks, 'STREAMINFO', 'bits per sample')).toBe('24');
    expect(fieldOf(blocks, 'STREAMINFO', 'channels')).toBe('2');
    expect(blocks.every(({ note }) => note === undefined)).toBe(true);
  });

  it('of formats that are not decoded are told too', async () => {
    const ogg = Buffer.alloc(27 + 1 + 19);
    ogg.write('OggS');
    [ogg[26], ogg[27]] = [1, 19];
    ogg.write('OpusHead', 28);
    [ogg[36], ogg[37]] = [1, 2];
    ogg.writeUInt32LE(48_000, 40);
    expect(fieldOf(await listOf(ogg), 'OggS', 'codec')).toBe('Opus, version 1');
    expect(fieldOf(await listOf(Buffer.of(0xff, 0xfb, 0x90, 0xc4, 0)), 'MPEG frame', 'format')).toBe(
      'MPEG 1 layer III',
    );
    const box = Buffer.from('\0\0\0\x10ftypM4A \0\0\0\0', 'latin1');
    expect(await listOf(Buffer.concat([box, box]))).toMatchObject([{ id: 'ftyp', offset: 0, size: 8 }, { offset: 16 }]);
  });

  const odd = existsSync(zoo) ? readdirSync(zoo) : [];
  if (odd.length === 0) console.log(`skipped: ${zoo} is absent, so the chunks of odd files were not listed`);
  it.skipIf(odd.length === 0)('of every odd file are listed, whole or broken', async () => {
    const seen = new Set<string>();
    for (const name of odd) {
      const bytes = readFileSync(join(zoo, name));
      const chunks = await listOf(bytes);
      if (bytes.length > 0) expect(chunks.length, name).toBeGreaterThan(0);
      for (const { id, offset, fields } of chunks) {
        seen.add(id);
        expect(offset, name).toBeLessThan(bytes.length);
        expect(
          fields.every(
            ({ name, value }) => (visibleText(name) === name && visibleText(value).length > 0) || value === '',
          ),
        ).toBe(true);
      }
    }
    for (const id of [
      'fmt',
      'data',
      'fact',
      'LIST INFO',
      'LIST adtl',
      'bext',
      'cue',
      'smpl',
      'ds64',
      'id3',
      'PEAK',
      'afsp',
    ])
      expect(seen, id).toContain(id);
  });
});
