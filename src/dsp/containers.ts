import { AudioError } from './audioError.ts';

export type ContainerName = 'riff' | 'rifx' | 'rf64' | 'bw64' | 'flac' | 'ogg' | 'mp3';

const wavFamily: Record<string, ContainerName> = { RIFF: 'riff', RIFX: 'rifx', RF64: 'rf64', BW64: 'bw64' };

interface Foreign {
  name: string;
  matches(ascii: string, bytes: Uint8Array): boolean;
}

/** Containers that are recognised only to be named in the refusal. Order matters: the loosest magic is last. */
const foreignContainers: Foreign[] = [
  { name: 'AIFF', matches: (ascii) => ascii.startsWith('FORM') && ['AIFF', 'AIFC'].includes(ascii.slice(8, 12)) },
  { name: 'Sun/NeXT AU', matches: (ascii) => ascii.startsWith('.snd') || ascii.startsWith('dns.') },
  { name: 'Core Audio (CAF)', matches: (ascii) => ascii.startsWith('caff') },
  { name: 'MP4/M4A', matches: (ascii) => ascii.slice(4, 8) === 'ftyp' },
  { name: 'Matroska/WebM', matches: (_, bytes) => startsWith(bytes, [0x1a, 0x45, 0xdf, 0xa3]) },
  { name: 'Windows Media (ASF)', matches: (_, bytes) => startsWith(bytes, [0x30, 0x26, 0xb2, 0x75]) },
  { name: 'Sony Wave64', matches: (_, bytes) => startsWith(bytes, [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11]) },
  { name: 'NIST SPHERE', matches: (ascii) => ascii.startsWith('NIST_1A') },
  { name: 'WavPack', matches: (ascii) => ascii.startsWith('wvpk') },
  { name: "Monkey's Audio", matches: (ascii) => ascii.startsWith('MAC ') },
  { name: 'AMR', matches: (ascii) => ascii.startsWith('#!AMR') },
  { name: 'Creative VOC', matches: (ascii) => ascii.startsWith('Creative Voice File') },
  { name: 'AVI video', matches: (ascii) => ascii.startsWith('RIFF') && ascii.slice(8, 12) === 'AVI ' },
  { name: 'WebP image', matches: (ascii) => ascii.startsWith('RIFF') && ascii.slice(8, 12) === 'WEBP' },
  { name: 'ZIP archive', matches: (_, bytes) => startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) },
  { name: 'Git LFS pointer', matches: (ascii) => ascii.startsWith('version https://git-lfs') },
  { name: 'HTML page', matches: (ascii) => /^\s*<(!doctype|html)/i.test(ascii) },
  { name: 'ID3 tag', matches: (ascii) => ascii.startsWith('ID3') },
  { name: 'AAC (ADTS)', matches: (_, bytes) => bytes[0] === 0xff && (bytes[1]! & 0xf6) === 0xf0 },
  {
    name: 'MPEG audio of layer I or II',
    matches: (_, bytes) => bytes[0] === 0xff && (bytes[1]! & 0xe0) === 0xe0 && (bytes[1]! & 0x06) > 2,
  },
];

/** Remedies that differ from converting the audio. */
const remedies: Record<string, string> = {
  'Git LFS pointer': 'fetch the recording itself with `git lfs pull`',
  'HTML page': 'the download saved a web page; fetch the recording again',
  'ZIP archive': 'unpack it first',
};

/** The container by its first bytes, or what else the bytes are, or undefined. */
export function identifyContainer(head: Uint8Array): ContainerName | string | undefined {
  const ascii = asciiText(head);
  const wav = Object.hasOwn(wavFamily, ascii.slice(0, 4)) ? wavFamily[ascii.slice(0, 4)] : undefined;
  if (wav && (ascii.slice(8, 12) === 'WAVE' || head.length < 12)) return wav;
  if (ascii.startsWith('fLaC')) return 'flac';
  if (ascii.startsWith('OggS')) return 'ogg';
  if (head[0] === 0xff && (head[1]! & 0xe6) === 0xe2) return 'mp3';
  return foreignContainers.find((one) => one.matches(ascii, head))?.name;
}

/** The error for audio that is not read here; it names the format and what to do. */
export function refuseContainer(name: string | undefined, head: Uint8Array): AudioError {
  if (name) {
    const remedy = remedies[name] ?? 'convert it to WAV or FLAC, for example `ffmpeg -i IN OUT.wav`';
    return new AudioError('audio-container', `${name} is not read; ${remedy}`);
  }
  const start = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
  const ascii = asciiText(head);
  const form = Object.hasOwn(wavFamily, ascii.slice(0, 4)) ? `, form type “${printable(ascii.slice(8, 12))}”` : '';
  return new AudioError(
    'audio-not-audio',
    `not a WAV or FLAC file (it starts with ${start}${form}); convert it to WAV or FLAC, or remove it from the manifest`,
  );
}

/** Bytes as Latin-1 text, one character per byte. */
export function asciiText(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** A chunk id or form type fit for a message. */
export function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '·');
}

function startsWith(bytes: Uint8Array, magic: number[]): boolean {
  return magic.every((byte, i) => bytes[i] === byte);
}
