import type { HeaderChunk } from '../../shared/headerChunk.ts';
import type { ByteSource } from '../byteSource.ts';
import { asciiText } from '../containers.ts';
import { createFieldReader, decodeFields, type FieldDecoder, type FieldReader } from './fieldReader.ts';
import { hexText, mostChunks, visibleText } from './visibleText.ts';

interface ChunkForm {
  headBytes: number;
  /** Id, bytes of the body, and where the next chunk begins. */
  read(head: FieldReader, offset: number): { id: string; size: number; next: number };
  fields: Record<string, FieldDecoder>;
}

/** Walks chunks of one form from `offset` on, as long as they lie in the file. */
async function walkChunks(source: ByteSource, offset: number, form: ChunkForm): Promise<HeaderChunk[]> {
  const chunks: HeaderChunk[] = [];
  for (let at = offset; at + form.headBytes <= source.size; ) {
    if (chunks.length === mostChunks) {
      chunks.at(-1)!.note = `more than ${mostChunks} chunks; the rest is not shown`;
      break;
    }
    const head = createFieldReader(Uint8Array.from(await source.read(at, form.headBytes)), false);
    const { id, size, next } = form.read(head, at);
    const available = source.size - at - form.headBytes;
    const decoder = Object.hasOwn(form.fields, id) ? form.fields[id] : undefined;
    const bytes = decoder
      ? Uint8Array.from(await source.read(at + form.headBytes, Math.min(size, 1 << 16)))
      : new Uint8Array(0);
    const { fields, note } = decoder ? decodeFields(bytes, false, decoder) : { fields: [] };
    const odd = size > available ? `says ${size} bytes, ${available} follow` : note;
    chunks.push({ id: visibleText(id), offset: at, size, fields, ...(odd ? { note: odd } : {}) });
    if (next <= at) break;
    at = next;
  }
  return chunks;
}

async function headed(source: ByteSource, headBytes: number, chunks: HeaderChunk[]): Promise<HeaderChunk[]> {
  const head = await source.read(0, headBytes);
  const fields = [{ name: 'bytes', value: hexText(head) }];
  return [{ id: visibleText(asciiText(head.subarray(0, 4))), offset: 0, size: source.size, fields }, ...chunks];
}

const text: FieldDecoder = (reader, add) => add('text', reader.text(reader.left));

/** An 80-bit float, as AIFF keeps its rate. */
function extended(reader: FieldReader): number {
  const exponent = reader.u16();
  const mantissa = reader.u32() * 2 ** 32 + reader.u32();
  return mantissa * 2 ** ((exponent & 0x7fff) - 16_383 - 63);
}

const aiffForm: ChunkForm = {
  headBytes: 8,
  read(head, offset) {
    const id = asciiText(head.bytes(4));
    const size = head.u32();
    return { id, size, next: offset + 8 + size + (size % 2) };
  },
  fields: {
    COMM(reader, add) {
      add('channels', reader.u16());
      add('frames', reader.u32());
      add('bits per sample', reader.u16());
      add('sample rate', `${+extended(reader).toFixed(3)} Hz`);
      if (reader.left >= 4) add('compression', reader.text(4));
    },
    FVER: (reader, add) => add('version', `0x${reader.u32().toString(16)}`),
    ...{ NAME: text, AUTH: text, ANNO: text, '(c) ': text },
  },
};

export const aiffChunks = async (source: ByteSource) => headed(source, 12, await walkChunks(source, 12, aiffForm));

const wave64Form: ChunkForm = {
  headBytes: 24,
  read(head, offset) {
    const id = asciiText(head.bytes(4));
    head.bytes(12);
    const whole = createFieldReader(head.bytes(8), true).u64();
    // Sizes count their header; chunks begin at multiples of eight.
    return { id, size: whole - 24, next: offset + Math.ceil(whole / 8) * 8 };
  },
  fields: {
    'fmt '(reader, add) {
      const little = createFieldReader(reader.bytes(reader.left), true);
      add('format', little.u16());
      add('channels', little.u16());
      add('sample rate', `${little.u32()} Hz`);
      add('bytes per second', little.u32());
      add('block align', little.u16());
      add('bits per sample', little.u16());
    },
  },
};

export const wave64Chunks = async (source: ByteSource) => headed(source, 40, await walkChunks(source, 40, wave64Form));

const cafForm: ChunkForm = {
  headBytes: 12,
  read(head, offset) {
    const id = asciiText(head.bytes(4));
    const size = head.u64();
    return { id, size, next: offset + 12 + size };
  },
  fields: {
    desc(reader, add) {
      const rate = reader.bytes(8);
      add('sample rate', `${new DataView(rate.buffer, rate.byteOffset, 8).getFloat64(0)} Hz`);
      add('format', reader.text(4));
      add('flags', reader.u32());
      add('bytes per packet', reader.u32());
      add('frames per packet', reader.u32());
      add('channels', reader.u32());
      add('bits per channel', reader.u32());
    },
  },
};

export const cafChunks = async (source: ByteSource) => headed(source, 8, await walkChunks(source, 8, cafForm));

const mp4Form: ChunkForm = {
  headBytes: 16,
  read(head, offset) {
    const short = head.u32();
    const id = asciiText(head.bytes(4));
    // 1 says that the size follows as 64 bits, 0 that it reaches to the end.
    const whole = short === 1 ? head.u64() : short;
    return { id, size: Math.max(0, whole - 8), next: offset + whole };
  },
  fields: {},
};

export const mp4Boxes = (source: ByteSource) => walkChunks(source, 0, mp4Form);
