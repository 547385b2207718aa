import type { HeaderChunk } from '../../shared/headerChunk.ts';
import type { ByteSource } from '../byteSource.ts';
import { windowedSource } from '../byteSource.ts';
import { asciiText, identifyContainer } from '../containers.ts';
import { aiffChunks, cafChunks, mp4Boxes, wave64Chunks } from './chunkWalks.ts';
import { decodeFields } from './fieldReader.ts';
import { flacBlocks } from './flacBlocks.ts';
import { id3Fields } from './id3Fields.ts';
import { oggPages } from './oggPages.ts';
import { riffChunks } from './riffChunks.ts';
import { auHeader, mpegHeader } from './streamHeaders.ts';
import { hexText } from './visibleText.ts';

/**
 * What a file's container holds, whether its audio can be decoded or not: every chunk with its place, its size and the
 * fields known of it. Reads headers only, at most 300 of them; texts come with control characters escaped and cut.
 */
export async function listChunks(file: ByteSource): Promise<HeaderChunk[]> {
  const source = windowedSource(file);
  // The window may be filled anew under it.
  const head = Uint8Array.from(await source.read(0, 64));
  const container = identifyContainer(head);
  const list = Object.hasOwn(listers, container ?? '') ? listers[container!] : undefined;
  if (list) return list(source, 0);
  if (['RIFF', 'RIFX', 'RF64', 'BW64'].includes(asciiText(head.subarray(0, 4))) && head.length >= 8)
    return riffChunks(source);
  if (head.length === 0) return [];
  return [{ id: '?', offset: 0, size: source.size, fields: [{ name: 'bytes', value: hexText(head) }] }];
}

type Lister = (source: ByteSource, start: number) => Promise<HeaderChunk[]>;

const listers: Record<string, Lister> = {
  ...{ riff: riffChunks, rifx: riffChunks, rf64: riffChunks, bw64: riffChunks },
  flac: flacBlocks,
  AIFF: aiffChunks,
  'Sony Wave64': wave64Chunks,
  'Core Audio (CAF)': cafChunks,
  'MP4/M4A': mp4Boxes,
  ogg: oggPages,
  'Sun/NeXT AU': auHeader,
  ...{ mp3: mpegHeader, 'MPEG audio of layer I or II': mpegHeader },
  'ID3 tag': id3Tag,
};

/** A tag before MP3 or FLAC. */
async function id3Tag(source: ByteSource): Promise<HeaderChunk[]> {
  const head = await source.read(0, 10);
  const size = head.subarray(6, 10).reduce((sum, byte) => sum * 128 + (byte & 127), 0);
  const bytes = Uint8Array.from(await source.read(0, Math.min(1 << 16, size + 10)));
  const tag: HeaderChunk = { id: 'ID3', offset: 0, size, ...decodeFields(bytes, false, id3Fields) };
  const start = size + 10;
  const next = await source.read(start, 4);
  const rest = asciiText(next) === 'fLaC' ? await flacBlocks(source, start) : await mpegHeader(source, start);
  return [tag, ...rest];
}
