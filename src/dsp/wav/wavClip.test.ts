import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import wavefile from 'wavefile';
import type { AudioError } from '../audioError.ts';
import { type AudioClip, openAudio } from '../audioFile.ts';
import { memorySource } from '../byteSource.ts';

const fixtures = join(import.meta.dirname, '../../../test/fixtures/audio');

type Chunk = [id: string, body: number[] | Uint8Array, claimedSize?: number, pad?: boolean];

/** A RIFF file of these chunks, padded as the rules say unless told otherwise. */
function riff(chunks: Chunk[], id: 'RIFF' | 'RIFX' | 'RF64' | 'BW64' = 'RIFF'): Uint8Array {
  const little = id !== 'RIFX';
  const out: number[] = [...ascii(id), ...uint(0, 4, little), ...ascii('WAVE')];
  for (const [name, body, claimedSize, pad = true] of chunks) {
    out.push(...ascii(name), ...uint(claimedSize ?? body.length, 4, little), ...body);
    if (pad && body.length % 2 === 1) out.push(0);
  }
  return Uint8Array.from(out);
}

const ascii = (text: string) => [...text].map((character) => character.charCodeAt(0));
const uint = (value: number, bytes: number, little = true) => {
  const digits = Array.from({ length: bytes }, (_, i) => Math.floor(value / 256 ** i) % 256);
  return little ? digits : digits.reverse();
};

interface Format {
  tag?: number;
  channels?: number;
  rate?: number;
  block?: number;
  bits?: number;
  extra?: number[];
  little?: boolean;
}
function fmt({ tag = 1, channels = 1, rate = 16000, bits = 16, block, extra = [], little = true }: Format = {}): Chunk {
  const align = block ?? (channels * bits) / 8;
  const fields: [number, number][] = [
    [tag, 2],
    [channels, 2],
    [rate, 4],
    [rate * align, 4],
    [align, 2],
    [bits, 2],
  ];
  return ['fmt ', [...fields.flatMap(([value, bytes]) => uint(value, bytes, little)), ...extra]];
}

const samples16 = [...uint(16384, 2), ...uint(65536 - 8192, 2), ...uint(1, 2)];
const values16 = [0.5, -0.25, 1 / 32768];

const open = (bytes: Uint8Array) => openAudio(memorySource(bytes));
const all = async (clip: AudioClip) => (await clip.readSamples(0, clip.info.frames)).map((channel) => [...channel]);
const codes = (clip: AudioClip) => clip.info.problems.map((problem) => problem.code);
const refusal = (bytes: Uint8Array) =>
  open(bytes).then(
    () => 'opened',
    (error: AudioError) => `${error.problem.code}: ${error.message}`,
  );

describe('a WAV file', () => {
  it('is the same wherever in memory its bytes lie', async () => {
    const bytes = riff([fmt(), ['data', samples16]]);
    const shifted = new Uint8Array(bytes.length + 1);
    shifted.set(bytes, 1);
    expect(await all(await open(shifted.subarray(1)))).toEqual([values16]);
  });

  it('has its chunks in any order and number', async () => {
    const list: Chunk = ['LIST', [1, 2, 3]];
    for (const chunks of [
      [fmt(), ['data', samples16]],
      [list, fmt(), list, ['data', samples16], list],
      [['data', samples16], list, fmt()],
      [fmt(), fmt({ rate: 8000 }), ['data', samples16]],
    ] as Chunk[][]) {
      const clip = await open(riff(chunks));
      expect(clip.info).toMatchObject({ encoding: 'pcm-s16', sampleRateHz: 16000, channels: 1, frames: 3 });
      expect(await all(clip)).toEqual([values16]);
    }
    expect(codes(await open(riff([fmt(), fmt(), ['data', samples16]])))).toEqual(['audio-duplicate-chunk']);
    expect(codes(await open(riff([['data', samples16], fmt()])))).toEqual(['audio-chunk-order']);
  });

  it('is read by what is there, not by the sizes it claims', async () => {
    const claims: [number, string[]][] = [
      [6, []],
      [0, ['audio-size']],
      [0xffffffff, ['audio-size']],
      [0xfffffffe, ['audio-truncated']],
      [7000, ['audio-truncated']],
    ];
    for (const [claimed, expected] of claims) {
      const clip = await open(riff([fmt(), ['data', samples16, claimed]]));
      expect([claimed, await all(clip), codes(clip)]).toEqual([claimed, [values16], expected]);
    }
    const cut = await open(riff([fmt(), ['data', samples16.slice(0, 5)]]).subarray(0, -1));
    expect([await all(cut), codes(cut)]).toEqual([[values16.slice(0, 2)], ['audio-partial-frame']]);
  });

  it('may lack the padding of an odd chunk', async () => {
    const odd: Chunk = ['LIST', [1, 2, 3], 3, false];
    const clip = await open(riff([odd, fmt(), ['data', samples16]]));
    expect([await all(clip), codes(clip)]).toEqual([[values16], ['audio-padding']]);
  });

  it('takes 64-bit sizes from ds64', async () => {
    const ds64 = (size: number): Chunk => ['ds64', [...uint(0, 8), ...uint(size, 8), ...uint(3, 8), ...uint(0, 4)]];
    for (const id of ['RF64', 'BW64'] as const) {
      const clip = await open(riff([ds64(4), fmt(), ['data', samples16, 0xffffffff]], id));
      expect([clip.info.container, await all(clip), codes(clip)]).toEqual([
        id.toLowerCase(),
        [values16.slice(0, 2)],
        [],
      ]);
      const cut = await open(riff([ds64(2 ** 40), fmt(), ['data', samples16, 0xffffffff]], id));
      expect([await all(cut), codes(cut)]).toEqual([[values16], ['audio-truncated']]);
    }
  });

  const guid = (code: number, little = true) => [
    ...uint(code, 4, little),
    ...[0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71],
  ];
  const extensible = (code: number, bits: number, valid: number): Chunk =>
    fmt({ tag: 0xfffe, bits, extra: [...uint(22, 2), ...uint(valid, 2), ...uint(4, 4), ...guid(code)] });

  it('respects the sub-format and valid bits of EXTENSIBLE', async () => {
    const float = [...new Uint8Array(Float32Array.of(0.1, -2.5).buffer)];
    const asFloat = await open(riff([extensible(3, 32, 32), ['data', float]]));
    expect([asFloat.info.encoding, await all(asFloat)]).toEqual(['float-32', [[Math.fround(0.1), -2.5]]]);
    // 24 valid bits in 32 and 12 in 16 are left-justified: the container sets the scale.
    const wide = await open(riff([extensible(1, 32, 24), ['data', [0, 0, 0, 0x40, 0, 1, 0, 0]]]));
    expect([await all(wide), codes(wide)]).toEqual([[[0.5, 256 / 2 ** 31]], ['audio-bits']]);
    const twelve = await open(riff([extensible(1, 16, 12), ['data', samples16]]));
    expect([await all(twelve), codes(twelve)]).toEqual([[values16], ['audio-bits']]);
    expect(await refusal(riff([extensible(0x55, 16, 16), ['data', samples16]]))).toContain(
      'audio-codec: the samples are coded as MP3',
    );
    expect(await refusal(riff([fmt({ tag: 0xfffe }), ['data', samples16]]))).toContain('sub-format');
  });

  it('may be big-endian', async () => {
    const big = [0x40, 0, 0xe0, 0, 0, 1];
    const clip = await open(riff([fmt({ little: false }), ['data', big]], 'RIFX'));
    expect([clip.info.container, clip.info.encoding, await all(clip)]).toEqual(['rifx', 'pcm-s16', [values16]]);
    const three = await open(
      riff([fmt({ little: false, bits: 24, block: 3 }), ['data', [0x40, 0, 0, 0xe0, 0, 0]]], 'RIFX'),
    );
    expect(await all(three)).toEqual([[0.5, -0.25]]);
  });

  it('holds 8 to 32-bit integers in packed or roomy containers', async () => {
    expect(await all(await open(riff([fmt({ bits: 8 }), ['data', [0, 128, 255, 192]]])))).toEqual([
      [-1, 0, 127 / 128, 0.5],
    ]);
    expect(await all(await open(riff([fmt({ bits: 24 }), ['data', [0, 0, 0x40, 1, 0, 0x80]]])))).toEqual([
      [0.5, -1 + 2 ** -23],
    ]);
    expect(await all(await open(riff([fmt({ bits: 32 }), ['data', [0, 0, 0, 0xc0]]])))).toEqual([[-0.5]]);
    expect(await all(await open(riff([fmt({ bits: 24, block: 4 }), ['data', [0, 0, 0, 0xc0]]])))).toEqual([[-0.5]]);
    const doubles = [...new Uint8Array(Float64Array.of(1 / 3).buffer)];
    expect(await all(await open(riff([fmt({ tag: 3, bits: 64 }), ['data', doubles]])))).toEqual([[Math.fround(1 / 3)]]);
  });

  it.each([
    ['0 channels', fmt({ channels: 0, block: 2 }), 'audio-header'],
    ['a rate of 0', fmt({ rate: 0 }), 'audio-header'],
    ['0 bits', fmt({ bits: 0, block: 2 }), 'audio-header'],
    ['48 bits', fmt({ bits: 48 }), 'audio-header'],
    ['16-bit floats', fmt({ tag: 3 }), 'audio-header'],
    ['GSM', fmt({ tag: 0x31, bits: 0, block: 65 }), 'audio-codec: the samples are coded as GSM'],
    ['an unknown codec', fmt({ tag: 0x1234 }), 'audio-codec: the samples are coded as format 0x1234'],
    ['ADPCM without blocks', fmt({ tag: 0x11, bits: 4, block: 0 }), 'audio-header'],
    ['a cut fmt chunk', ['fmt ', [1, 0, 1, 0, 0, 0]] as Chunk, 'audio-header'],
    ['an endless fmt chunk', ['fmt ', [1, 0, 1, 0], 0xfffffff0] as Chunk, 'audio-header'],
  ])('is refused with %s', async (_, format, expected) => {
    expect(await refusal(riff([format, ['data', samples16]]))).toContain(expected);
  });

  it('is refused without samples or format, and when its chunks never end', async () => {
    expect(await refusal(riff([fmt()]))).toContain('audio-no-data');
    expect(await refusal(riff([['data', samples16]]))).toContain('audio-header: no fmt chunk');
    expect(await refusal(riff(Array.from({ length: 9000 }, (): Chunk => ['junk', []])))).toContain(
      'more than 4096 chunks',
    );
  });

  it('is repaired where only the block size is wrong, with a note', async () => {
    const clip = await open(riff([fmt({ block: 5 }), ['data', samples16]]));
    expect([await all(clip), codes(clip)]).toEqual([[values16], ['audio-block-align']]);
  });

  it('is reported when it shrinks after it was opened', async () => {
    const bytes = riff([fmt(), ['data', samples16]]);
    const source = { size: bytes.length, read: memorySource(bytes).read };
    const clip = await openAudio(source);
    source.read = memorySource(bytes.subarray(0, 46)).read;
    const shrunk = await openAudio({
      size: bytes.length,
      read: (o, n) => memorySource(bytes.subarray(0, o === 44 ? 46 : 99)).read(o, n),
    });
    await expect(shrunk.readSamples(0, 3)).rejects.toThrow('became shorter');
    expect(clip.info.frames).toBe(3);
  });
});

describe('coded WAV files', () => {
  it.each(['8a', '8m'])('decodes G.711 (%s) as wavefile does, all 256 codes', async (depth) => {
    const codes256 = Uint8Array.from({ length: 256 }, (_, i) => i);
    const file = new wavefile.WaveFile();
    file.fromScratch(1, 8000, depth, codes256);
    const clip = await open(file.toBuffer());
    const reference = new wavefile.WaveFile(file.toBuffer());
    if (depth === '8a') reference.fromALaw();
    else reference.fromMuLaw();
    expect(clip.info.encoding).toBe(depth === '8a' ? 'a-law' : 'mu-law');
    expect((await all(clip))[0]!.map((x) => x * 32768)).toEqual([...reference.getSamples()]);
  });

  it.each(['ms-adpcm-1ch', 'ms-adpcm-2ch', 'ima-adpcm-1ch', 'ima-adpcm-2ch'])(
    'decodes %s as SoX does',
    async (name) => {
      const clip = await open(new Uint8Array(readFileSync(join(fixtures, `${name}.wav`))));
      const pcm = readFileSync(join(fixtures, `${name}.pcm`));
      const { channels, frames } = clip.info;
      expect(frames * channels * 2).toBe(pcm.length);
      const read = await clip.readSamples(0, frames);
      const values = Array.from(
        { length: frames * channels },
        (_, i) => read[i % channels]![Math.floor(i / channels)]! * 32768,
      );
      expect(values).toEqual(Array.from({ length: values.length }, (_, i) => pcm.readInt16LE(2 * i)));
      const middle = await clip.readSamples(1000, 1500);
      expect(middle[channels - 1]).toEqual(read[channels - 1]!.subarray(1000, 2500));
    },
  );

  it('reads a cut last block as far as it goes', async () => {
    const clip = await open(new Uint8Array(readFileSync(join(fixtures, 'ima-adpcm-1ch.wav'))).subarray(0, -200));
    const pcm = readFileSync(join(fixtures, 'ima-adpcm-1ch.pcm'));
    const [samples] = await all(clip);
    expect([codes(clip), samples!.length]).toEqual([['audio-truncated'], 4040 - 2 * 200]);
    expect(samples!.map((x) => x * 32768)).toEqual(
      Array.from({ length: samples!.length }, (_, i) => pcm.readInt16LE(2 * i)),
    );
  });

  it('refuses a block that names a predictor that does not exist', async () => {
    const bytes = new Uint8Array(readFileSync(join(fixtures, 'ms-adpcm-1ch.wav')));
    const data = bytes.findIndex((_, i) => String.fromCharCode(...bytes.subarray(i, i + 4)) === 'data') + 8;
    bytes[data] = 200;
    const clip = await open(bytes);
    await expect(clip.readSamples(0, 10)).rejects.toThrow('predictor 200');
  });
});
