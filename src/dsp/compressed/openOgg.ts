import type { AudioClip, AudioInfo } from '../audioClip.ts';
import { AudioError, audioWarning } from '../audioError.ts';
import type { ByteSource } from '../byteSource.ts';
import { createDecodedSamples, type DecodedSamples, decodedClip } from './decodedClip.ts';
import { type OggPage, walkOggPages } from './oggPageWalk.ts';
import { createOpusDecoder } from './opusDecoder.ts';
import type { PacketDecoder } from './packetDecoder.ts';
import { createVorbisDecoder } from './vorbisDecoder.ts';

/**
 * Opens Ogg Vorbis and Ogg Opus: decodes the first such stream to its end and holds it at 16 bits. What an encoder put
 * before and after the recording is cut off by the stream's granule positions. `maxHeld`: samples of all channels.
 */
export async function openOgg(source: ByteSource, maxHeld?: number): Promise<AudioClip> {
  const stream: Stream = { headers: [], faults: { lost: 0, packets: 0, checksums: 0, skippedBytes: 0 }, packet: [] };
  try {
    for await (const page of walkOggPages(source)) {
      stream.faults.skippedBytes += page.skippedBytes;
      if (page.first && stream.decoder) {
        stream.another = page.offset;
        break;
      }
      if (page.first && stream.serial === undefined) chooseStream(stream, page);
      if (page.serial === stream.serial) await takePage(stream, page, maxHeld);
    }
  } finally {
    stream.decoder?.close();
  }
  return finish(stream);
}

interface Faults {
  lost: number;
  packets: number;
  checksums: number;
  skippedBytes: number;
}

interface Stream {
  serial?: number;
  codec?: 'opus' | 'vorbis' | undefined;
  /** What else a stream of the file holds. */
  foreign?: string | undefined;
  headers: Uint8Array[];
  decoder?: PacketDecoder;
  samples?: DecodedSamples;
  sequence?: number;
  /** Parts of a packet that goes on in the next page. */
  packet: Uint8Array[];
  faults: Faults;
  /** The granule position of the decoder's first sample. */
  origin?: number;
  /** The granule position after the last sample. */
  end?: number;
  another?: number;
}

const otherCodecs: [start: string, name: string][] = [
  ['\x7fFLAC', 'FLAC'],
  ['Speex', 'Speex'],
  ['\x80theora', 'Theora'],
  ['fishead', 'Skeleton'],
];
const maxPacketBytes = 1 << 20;

function chooseStream(stream: Stream, page: OggPage): void {
  const start = String.fromCharCode(...(page.parts[0]?.subarray(0, 8) ?? []));
  stream.codec = start === 'OpusHead' ? 'opus' : start.startsWith('\x01vorbis') ? 'vorbis' : undefined;
  if (stream.codec) stream.serial = page.serial;
  else stream.foreign ??= otherCodecs.find(([magic]) => start.startsWith(magic))?.[1];
}

async function takePage(stream: Stream, page: OggPage, maxHeld: number | undefined): Promise<void> {
  if (stream.sequence !== undefined && page.sequence !== (stream.sequence + 1) >>> 0) {
    stream.faults.lost++;
    stream.packet = [];
  }
  stream.sequence = page.sequence;
  if (!page.sound) stream.faults.checksums++;
  const heldBefore = stream.samples?.frames ?? 0;
  const parts = [...page.parts];
  // The rest of a packet whose start is missing.
  if (page.continued && stream.packet.length === 0) parts.shift();
  else if (!page.continued) stream.packet = [];
  for (const [i, part] of parts.entries()) {
    stream.packet.push(part);
    if (i === parts.length - 1 && !page.complete) break;
    const packet = joined(stream.packet);
    stream.packet = [];
    await takePacket(stream, packet, maxHeld);
  }
  if (stream.packet.length * 255 * 255 > 4 * maxPacketBytes)
    throw new AudioError('audio-corrupt', 'a packet never ends');
  const { samples } = stream;
  if (!samples || page.granule === undefined || samples.frames === heldBefore) return;
  // A recording shorter than its only page ends early; it does not begin before its beginning.
  stream.origin ??= page.last ? Math.max(0, page.granule - samples.frames) : page.granule - samples.frames;
  if (page.last) stream.end = page.granule;
}

async function takePacket(stream: Stream, packet: Uint8Array, maxHeld: number | undefined): Promise<void> {
  const { decoder, samples, headers } = stream;
  if (decoder && samples) {
    const parts = decoder.decode(packet);
    if (parts) samples.append(parts);
    else stream.faults.packets++;
    return;
  }
  headers.push(packet);
  if (headers.length < (stream.codec === 'opus' ? 2 : 3)) return;
  stream.decoder =
    stream.codec === 'opus'
      ? await createOpusDecoder(headers[0]!)
      : await createVorbisDecoder(headers[0]!, headers[2]!);
  stream.samples = createDecodedSamples(stream.decoder.channels, stream.decoder.sampleRateHz, maxHeld);
}

function finish(stream: Stream): AudioClip {
  const { decoder, samples, origin = 0 } = stream;
  if (!stream.codec)
    throw new AudioError(
      'audio-container',
      `Ogg${stream.foreign ? ` ${stream.foreign}` : ''} is not read; convert it to WAV or FLAC, for example \`ffmpeg -i IN OUT.wav\``,
    );
  if (!decoder || !samples) throw new AudioError('audio-header', 'the file ends within the headers of its Ogg stream');
  const skip = Math.min(samples.frames, decoder.skipFrames + Math.max(0, -origin));
  const end = stream.end === undefined ? samples.frames : Math.min(samples.frames, stream.end - origin);
  const frames = Math.max(0, end - skip);
  const { channels, encoding, sampleRateHz } = decoder;
  const info: AudioInfo = {
    container: 'ogg',
    encoding,
    sampleRateHz,
    channels,
    frames,
    durationSec: frames / sampleRateHz,
    problems: problemsOf(stream, frames),
  };
  return decodedClip(samples, skip, info);
}

function problemsOf({ faults, end, another }: Stream, frames: number): AudioInfo['problems'] {
  const problems: AudioInfo['problems'] = [];
  const damage = [
    [faults.checksums, 'pages fail their checksum'],
    [faults.lost, 'gaps in the page numbers: what follows is earlier than it was'],
    [faults.packets, 'packets could not be decoded: what follows is earlier than it was'],
    [faults.skippedBytes, 'bytes belong to no page'],
  ] as const;
  const found = damage.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  if (found.length > 0) problems.push(audioWarning('audio-corrupt-frame', `the file is damaged: ${found.join('; ')}`));
  if (end === undefined && another === undefined)
    problems.push(audioWarning('audio-truncated', 'the stream has no last page; it was read to the end of the file'));
  if (another !== undefined)
    problems.push(audioWarning('audio-content', `another stream begins at byte ${another}; only the first was read`));
  if (frames === 0)
    problems.push(audioWarning('audio-empty', 'the file holds no samples; remove it from the manifest'));
  return problems;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0]!;
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
