import type { Problem } from '../../shared/problem.ts';
import { AudioError, audioWarning } from '../audioError.ts';

export type WavCodec = 'pcm' | 'float' | 'a-law' | 'mu-law' | 'ima-adpcm' | 'ms-adpcm';

/** What a `fmt ` chunk says, checked. */
export interface WavFormat {
  codec: WavCodec;
  encoding: string;
  channels: number;
  sampleRateHz: number;
  /** Bytes of one frame of all channels, or of one block of a block codec. */
  blockAlign: number;
  /** Bytes that hold one sample of one channel; 0 for block codecs. */
  sampleBytes: number;
  /** Set for ADPCM: samples come in blocks. */
  blockCodec?: { samplesPerBlock: number; coefficients: [number, number][] };
}

const codecs: Record<number, WavCodec> = {
  1: 'pcm',
  2: 'ms-adpcm',
  3: 'float',
  6: 'a-law',
  7: 'mu-law',
  17: 'ima-adpcm',
};

/** Codecs that occur in WAV files and are named in the refusal. */
export const foreignCodecs: Record<number, string> = {
  20: 'G.723 ADPCM',
  34: 'TrueSpeech',
  49: 'GSM 6.10',
  64: 'G.721 ADPCM',
  69: 'G.726 ADPCM',
  80: 'MPEG audio',
  85: 'MP3',
  100: 'G.726 ADPCM',
  255: 'AAC',
  352: 'Windows Media Audio',
  353: 'Windows Media Audio 2',
  354: 'Windows Media Audio Pro',
  8192: 'AC-3',
  26447: 'Ogg Vorbis',
  26448: 'Ogg Vorbis',
  26480: 'Ogg Vorbis',
  41222: 'AAC',
  61868: 'FLAC',
};

const extensible = 0xfffe;
/** The tail of KSDATAFORMAT_SUBTYPE_…: everything after the 16-bit format tag. */
const subFormatTail = [0x10, 0x00, 0x80, 0x00, 0x00, 0xaa, 0x00, 0x38, 0x9b, 0x71];

/**
 * Parses a fmt chunk (its first 1100 bytes are enough). Throws AudioError for what no decoder could make samples of;
 * what is odd but decodable goes to `problems`.
 */
export function parseWavFormat(bytes: Uint8Array, littleEndian: boolean, problems: Problem[]): WavFormat {
  if (bytes.length < 14) throw new AudioError('audio-header', `the fmt chunk has ${bytes.length} bytes; it needs 16`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const tag = view.getUint16(0, littleEndian);
  const channels = view.getUint16(2, littleEndian);
  const sampleRateHz = view.getUint32(4, littleEndian);
  const blockAlign = view.getUint16(12, littleEndian);
  const bits = bytes.length >= 16 ? view.getUint16(14, littleEndian) : 8 * Math.floor(blockAlign / channels);
  if (channels === 0) throw new AudioError('audio-header', 'the header says 0 channels; export the recording again');
  if (sampleRateHz === 0)
    throw new AudioError('audio-header', 'the header says a rate of 0 Hz; export the recording again');
  if (sampleRateHz < 1000 || sampleRateHz > 768_000)
    problems.push(
      audioWarning('audio-rate', `a sampling rate of ${sampleRateHz} Hz is unlikely; the header may be wrong`),
    );
  const code = tag === extensible ? subFormat(view, littleEndian) : tag;
  const codec = codecs[code];
  if (!codec) throw refuseCodec(code);
  const base = { codec, channels, sampleRateHz };
  if (codec === 'ima-adpcm' || codec === 'ms-adpcm')
    return { ...base, ...blockFormat(view, littleEndian, codec, channels, blockAlign) };
  const sampleBytes = sampleSize(codec, channels, blockAlign, bits, problems);
  if (codec === 'pcm') noteValidBits(view, littleEndian, tag, bits, sampleBytes, problems);
  return { ...base, encoding: encodingName(codec, sampleBytes), blockAlign: sampleBytes * channels, sampleBytes };
}

/** The format tag inside WAVEFORMATEXTENSIBLE. */
function subFormat(view: DataView, littleEndian: boolean): number {
  if (view.byteLength < 40)
    throw new AudioError('audio-header', 'an EXTENSIBLE fmt chunk without its sub-format; export the recording again');
  const tail = subFormatTail.every((byte, i) => view.getUint8(30 + i) === byte);
  // In RIFX the GUID's first field may be big-endian like the rest or left as in RIFF; one of them is a known tag.
  const first = view.getUint32(24, littleEndian);
  const second = view.getUint32(24, !littleEndian);
  const tag = littleEndian || codecs[first] ? first : second;
  if (!tail && codecs[tag] === undefined) throw refuseCodec(tag);
  return tag;
}

function refuseCodec(code: number): AudioError {
  const name = foreignCodecs[code] ?? `format 0x${code.toString(16).padStart(4, '0')}`;
  return new AudioError(
    'audio-codec',
    `the samples are coded as ${name}, which is not read; convert it, for example \`ffmpeg -i IN -c:a pcm_s16le OUT.wav\``,
  );
}

/** Bytes per sample. The block size wins over the bits where both make sense: 24 bits may sit in 4 bytes. */
function sampleSize(codec: WavCodec, channels: number, blockAlign: number, bits: number, problems: Problem[]): number {
  const packed = Math.ceil(bits / 8);
  const fromBlock = blockAlign / channels;
  const allowed = codec === 'float' ? [4, 8] : codec === 'pcm' ? [1, 2, 3, 4] : [1];
  if (codec === 'pcm' && (bits === 0 || bits > 32))
    throw new AudioError('audio-header', `PCM with ${bits} bits per sample is not read (1 to 32 are)`);
  if (allowed.includes(fromBlock) && fromBlock >= (codec === 'pcm' ? packed : 1)) return fromBlock;
  if (!allowed.includes(packed))
    throw new AudioError(
      'audio-header',
      `${codec} with ${bits} bits per sample in blocks of ${blockAlign} bytes makes no sense`,
    );
  problems.push(
    audioWarning(
      'audio-block-align',
      `the block size ${blockAlign} does not fit ${channels} × ${bits} bits; ${packed * channels} was used`,
    ),
  );
  return packed;
}

/** Samples with fewer valid bits than their container are left-justified, so the container sets the scale. */
function noteValidBits(
  view: DataView,
  littleEndian: boolean,
  tag: number,
  bits: number,
  sampleBytes: number,
  problems: Problem[],
): void {
  const valid = tag === extensible && view.byteLength >= 20 ? view.getUint16(18, littleEndian) : bits;
  if (valid === 0 || valid === sampleBytes * 8) return;
  const message =
    valid > sampleBytes * 8
      ? `the header says ${valid} valid bits in ${sampleBytes * 8}; the sample size was used`
      : `${valid} valid bits in containers of ${sampleBytes * 8}, taken as left-justified; some tools refuse this`;
  problems.push(audioWarning('audio-bits', message, 'info'));
}

/** ADPCM: block geometry from the fmt extension, checked against what the block size can hold. */
function blockFormat(
  view: DataView,
  littleEndian: boolean,
  codec: 'ima-adpcm' | 'ms-adpcm',
  channels: number,
  blockAlign: number,
): Pick<WavFormat, 'encoding' | 'blockAlign' | 'sampleBytes' | 'blockCodec'> {
  const headerBytes = (codec === 'ima-adpcm' ? 4 : 7) * channels;
  if (channels > 2 && codec === 'ms-adpcm') throw new AudioError('audio-header', `MS ADPCM with ${channels} channels`);
  if (blockAlign < headerBytes)
    throw new AudioError('audio-header', `ADPCM blocks of ${blockAlign} bytes are too small`);
  const payload = blockAlign - headerBytes;
  const holds =
    codec === 'ima-adpcm' ? 1 + Math.floor(payload / (4 * channels)) * 8 : 2 + Math.floor((payload * 2) / channels);
  const claimed = view.byteLength >= 20 ? view.getUint16(18, littleEndian) : 0;
  const samplesPerBlock = claimed > 0 && claimed <= holds ? claimed : holds;
  const coefficients: [number, number][] = [];
  if (codec === 'ms-adpcm' && view.byteLength >= 22) {
    const count = view.getUint16(20, littleEndian);
    for (let i = 0; i < count && 26 + i * 4 <= view.byteLength; i++)
      coefficients.push([view.getInt16(22 + i * 4, littleEndian), view.getInt16(24 + i * 4, littleEndian)]);
  }
  return { encoding: codec, blockAlign, sampleBytes: 0, blockCodec: { samplesPerBlock, coefficients } };
}

function encodingName(codec: WavCodec, sampleBytes: number): string {
  if (codec === 'pcm') return sampleBytes === 1 ? 'pcm-u8' : `pcm-s${sampleBytes * 8}`;
  return codec === 'float' ? `float-${sampleBytes * 8}` : codec;
}
