import type { Problem } from '../../shared/problem.ts';
import { AudioError, audioWarning } from '../audioError.ts';
import { type ByteSource, windowedSource } from '../byteSource.ts';
import { asciiText, type ContainerName, printable } from '../containers.ts';
import { parseWavFormat, type WavFormat } from './wavFormat.ts';

/** Where the samples are and what they are. */
export interface WavHeader {
  container: ContainerName;
  littleEndian: boolean;
  format: WavFormat;
  dataOffset: number;
  /** Bytes of samples that are really in the file. */
  dataBytes: number;
  problems: Problem[];
}

/** Real files have a dozen chunks; this bounds the walk through a file made of empty ones. */
const maxChunks = 4096;
const unknownSize = 0xffffffff;

interface Walk {
  source: ByteSource;
  littleEndian: boolean;
  problems: Problem[];
  format?: WavFormat;
  data?: { offset: number; bytes: number };
  dataSize64?: number;
  hasDs64?: boolean;
}

/**
 * Walks the chunks of a RIFF, RIFX, RF64 or BW64 file in whatever order they come, by small reads.
 * Sizes in headers are claims: nothing is allocated by them and the end of the file always wins.
 * Source: Microsoft/IBM RIFF 1.0 and WAVEFORMATEXTENSIBLE, EBU Tech 3306, ITU-R BS.2088.
 */
export async function readWavHeader(file: ByteSource, container: ContainerName): Promise<WavHeader> {
  const source = windowedSource(file);
  const walk: Walk = { source, littleEndian: container !== 'rifx', problems: [] };
  let offset = 12;
  for (let count = 0; offset + 8 <= source.size; count++) {
    if (count === maxChunks) {
      throw new AudioError(
        'audio-header',
        `more than ${maxChunks} chunks and no audio among them; the file is damaged`,
      );
    }
    const next = await readChunk(walk, offset);
    if (walk.format && walk.data) break;
    if (next === undefined) break;
    offset = next;
  }
  const { format, data } = walk;
  if (!format) throw new AudioError('audio-header', noFormat(walk));
  if (!data)
    throw new AudioError('audio-no-data', 'no data chunk: the file ends before its samples; record or copy it again');
  if (container === 'rf64' && !walk.hasDs64)
    walk.problems.push(audioWarning('audio-ds64', 'an RF64 file without its ds64 chunk; the 32-bit sizes were used'));
  return {
    container,
    littleEndian: walk.littleEndian,
    format,
    dataOffset: data.offset,
    dataBytes: data.bytes,
    problems: walk.problems,
  };
}

function noFormat(walk: Walk): string {
  return walk.data
    ? 'no fmt chunk: nothing says what the samples are; import it as raw audio in an audio editor and export it again'
    : 'neither a fmt nor a data chunk could be read; the file is damaged or not audio';
}

/** Takes in one chunk; returns where the next begins, or undefined where the walk cannot go on. */
async function readChunk(walk: Walk, offset: number): Promise<number | undefined> {
  const { source, littleEndian } = walk;
  const head = await source.read(offset, 8);
  if (head.length < 8) return undefined;
  const id = asciiText(head.subarray(0, 4));
  const size = new DataView(head.buffer, head.byteOffset, 8).getUint32(4, littleEndian);
  const body = offset + 8;
  const available = source.size - body;
  if (id === 'data' && !walk.data) {
    walk.data = await measureData(walk, body, size);
    return nextChunk(walk, body, walk.data.bytes);
  }
  if (id === 'fmt ') {
    // A fmt chunk that runs over the end of the file is not a header one may trust.
    if (size > available)
      throw new AudioError('audio-header', `the fmt chunk says ${size} bytes but ${available} follow`);
    if (walk.format) walk.problems.push(audioWarning('audio-duplicate-chunk', 'a second fmt chunk was ignored'));
    else walk.format = parseWavFormat(await source.read(body, Math.min(size, 1100)), littleEndian, walk.problems);
    if (walk.data)
      walk.problems.push(
        audioWarning('audio-chunk-order', 'the fmt chunk comes after the data; some tools refuse this'),
      );
  }
  if (id === 'ds64' && size >= 24 && available >= 24) {
    walk.hasDs64 = true;
    walk.dataSize64 = (await readUint32(walk, body + 12)) * 2 ** 32 + (await readUint32(walk, body + 8));
  }
  if (size > available) return undefined;
  return nextChunk(walk, body, size);
}

/** The bytes of samples that are there, whatever the chunk's size claims. */
async function measureData(walk: Walk, body: number, size: number): Promise<{ offset: number; bytes: number }> {
  const available = walk.source.size - body;
  const { problems } = walk;
  let bytes = size;
  if (walk.dataSize64 !== undefined && (size === unknownSize || walk.dataSize64 === size)) bytes = walk.dataSize64;
  else if (size === unknownSize || (size === 0 && available > 0 && !(await isChunkAt(walk, body)))) {
    const what = size === 0 ? 'zero' : 'unknown';
    problems.push(
      audioWarning(
        'audio-size',
        `the data size is given as ${what}; the samples were read to the end of the file`,
        'info',
      ),
    );
    return { offset: body, bytes: available };
  }
  if (bytes > available) {
    problems.push(
      audioWarning(
        'audio-truncated',
        `the header promises ${bytes} bytes of samples, the file has ${available}; it was read to its end`,
      ),
    );
    bytes = available;
  }
  return { offset: body, bytes };
}

/** Chunks are padded to even sizes; writers that forget this are found by the id that follows. */
async function nextChunk(walk: Walk, body: number, size: number): Promise<number> {
  const end = body + size;
  if (size % 2 === 0) return end;
  if (end + 9 > walk.source.size || (await isChunkAt(walk, end + 1)) || !(await isChunkAt(walk, end))) return end + 1;
  walk.problems.push(audioWarning('audio-padding', 'a chunk of odd size lacks its padding byte'));
  return end;
}

/** Whether a chunk header with a printable id and a size that fits could begin here. */
async function isChunkAt(walk: Walk, offset: number): Promise<boolean> {
  const head = await walk.source.read(offset, 8);
  if (head.length < 8) return false;
  const id = asciiText(head.subarray(0, 4));
  if (!/^[A-Za-z0-9_ ]{3}[A-Za-z0-9_ ]$/.test(id) || id.trim() === '' || printable(id) !== id) return false;
  const size = new DataView(head.buffer, head.byteOffset, 8).getUint32(4, walk.littleEndian);
  return id === 'data' || offset + 8 + size <= walk.source.size + 1;
}

async function readUint32(walk: Walk, offset: number): Promise<number> {
  const bytes = await walk.source.read(offset, 4);
  if (bytes.length < 4) throw new AudioError('audio-changed', 'the file became shorter while it was read');
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getUint32(0, walk.littleEndian);
}
