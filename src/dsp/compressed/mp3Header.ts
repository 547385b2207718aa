import { asciiText } from '../containers.ts';

/** What the frames of an MP3 file look like by the first one's header. Source: ISO 11172-3 section 2.4.1.3. */
export interface Mp3Frame {
  sampleRateHz: number;
  channels: number;
  frameSamples: number;
  /** Undefined where the bit rate is free. */
  frameBytes: number | undefined;
  /** Header and side information: where main data begin. */
  sideBytes: number;
}

const rates = [44_100, 48_000, 32_000];
const bitRates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
];

/** The layer III header at the start of the bytes, or undefined. */
export function readMp3Frame(bytes: Uint8Array): Mp3Frame | undefined {
  const [first = 0, second = 0, third = 0, fourth = 0] = bytes;
  const version = (second >> 3) & 3;
  const rate = rates[(third >> 2) & 3];
  const kilobits = bitRates[version === 3 ? 0 : 1]![third >> 4];
  if (first !== 0xff || (second & 0xe0) !== 0xe0 || (second & 6) !== 2 || version === 1) return undefined;
  if (rate === undefined || kilobits === undefined) return undefined;
  const sampleRateHz = rate / (version === 3 ? 1 : version === 2 ? 2 : 4);
  const frameSamples = version === 3 ? 1152 : 576;
  const channels = fourth >> 6 === 3 ? 1 : 2;
  const padding = (third >> 1) & 1;
  const bytesOfFrame = Math.floor((frameSamples * kilobits * 125) / sampleRateHz) + padding;
  const checksum = (second & 1) === 0 ? 2 : 0;
  const side = version === 3 ? (channels === 1 ? 17 : 32) : channels === 1 ? 9 : 17;
  return {
    sampleRateHz,
    channels,
    frameSamples,
    frameBytes: kilobits > 0 ? bytesOfFrame : undefined,
    sideBytes: 4 + checksum + side,
  };
}

/** What an encoder says in a first frame that holds no sound. */
export interface Mp3Info {
  /** Frames of sound, where it is told. */
  frames: number | undefined;
  /** Samples the encoder put before and after the recording; undefined where it does not tell. */
  delay: number | undefined;
  padding: number | undefined;
}

/** Reads the Xing/Info tag (with LAME's extension) or Fraunhofer's VBRI of the first frame; undefined for a frame of sound. */
export function readMp3Info(frame: Mp3Frame, bytes: Uint8Array): Mp3Info | undefined {
  const nothing = { delay: undefined, padding: undefined };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length >= 54 && asciiText(bytes.subarray(36, 40)) === 'VBRI')
    return { frames: view.getUint32(50), ...nothing };
  // With a checksum some encoders count its bytes, others do not.
  const tag = [frame.sideBytes, frame.sideBytes - 2].find((at) =>
    ['Xing', 'Info'].includes(asciiText(bytes.subarray(at, at + 4))),
  );
  if (tag === undefined || bytes.length < tag + 8) return undefined;
  const flags = view.getUint32(tag + 4);
  let at = tag + 8;
  const frames = flags & 1 && bytes.length >= at + 4 ? view.getUint32(at) : undefined;
  at += (flags & 1 ? 4 : 0) + (flags & 2 ? 4 : 0) + (flags & 4 ? 100 : 0) + (flags & 8 ? 4 : 0);
  if (bytes.length < at + 24 || !/^L(AME|av[cf])/.test(asciiText(bytes.subarray(at, at + 4))))
    return { frames, ...nothing };
  const [a, b, c] = bytes.subarray(at + 21, at + 24) as unknown as [number, number, number];
  return { frames, delay: (a << 4) | (b >> 4), padding: ((b & 15) << 8) | c };
}
