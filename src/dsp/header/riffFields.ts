import { foreignCodecs } from '../wav/wavFormat.ts';
import type { FieldDecoder, FieldReader } from './fieldReader.ts';
import { id3Fields } from './id3Fields.ts';
import { hexText } from './visibleText.ts';

const formatNames: Record<number, string> = {
  ...foreignCodecs,
  1: 'PCM',
  2: 'MS ADPCM',
  3: 'IEEE float',
  6: 'A-law',
  7: 'µ-law',
  17: 'IMA ADPCM',
  65534: 'EXTENSIBLE',
};
const formatText = (tag: number) => `0x${tag.toString(16).padStart(4, '0')} ${formatNames[tag] ?? 'unknown'}`;

const speakers = 'FL FR FC LFE BL BR FLC FRC BC SL SR TC TFL TFC TFR TBL TBC TBR'.split(' ');
const maskText = (mask: number): string => {
  const named = speakers.filter((_, bit) => mask & (1 << bit)).join(' ');
  return `0x${mask.toString(16)}${named ? ` ${named}` : ''}`;
};

const format: FieldDecoder = (reader, add) => {
  const tag = reader.u16();
  add('format', formatText(tag));
  add('channels', reader.u16());
  add('sample rate', `${reader.u32()} Hz`);
  add('bytes per second', reader.u32());
  add('block align', reader.u16());
  if (reader.left === 0) return;
  add('bits per sample', reader.u16());
  if (reader.left === 0) return;
  const extension = reader.u16();
  add('extension bytes', extension);
  if (tag === 0xfffe) {
    add('valid bits', reader.u16());
    add('channel mask', maskText(reader.u32()));
    const code = reader.u16();
    const tail = [...reader.bytes(14)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    add('sub-format', `${formatText(code)} (…${tail})`);
  } else if (tag === 17 || tag === 2) {
    add('samples per block', reader.u16());
    if (tag === 2) add('coefficient pairs', reader.u16());
  }
  if (reader.left > 0) add('further bytes', hexText(reader.bytes(reader.left)));
};

const ds64: FieldDecoder = (reader, add) => {
  add('RIFF size', reader.u64());
  add('data size', reader.u64());
  add('sample count', reader.u64());
  const entries = reader.u32();
  add('table entries', entries);
  for (let i = 0; i < entries; i++) add(reader.text(4), reader.u64());
};

/** EBU Tech 3285, version 2. */
const bext: FieldDecoder = (reader, add) => {
  add('description', reader.text(256));
  add('originator', reader.text(32));
  add('originator reference', reader.text(32));
  add('date', reader.text(10));
  add('time', reader.text(8));
  // Written low word first, whatever the byte order of the file.
  const low = reader.u32();
  add('time reference', `sample ${reader.u32() * 2 ** 32 + low}`);
  const version = reader.u16();
  add('version', version);
  const umid = reader.bytes(64);
  if (umid.some((byte) => byte !== 0)) add('UMID', hexText(umid));
  const names = ['loudness', 'loudness range', 'true peak', 'momentary', 'short-term'];
  for (const name of names) {
    const value = reader.i16();
    if (version >= 2) add(name, value / 100);
  }
  reader.bytes(180);
  if (reader.left > 0) add('coding history', reader.text(reader.left));
};

const cue: FieldDecoder = (reader, add) => {
  const points = reader.u32();
  add('points', points);
  for (let i = 0; i < points; i++) {
    const id = reader.u32();
    reader.u32();
    const chunk = reader.text(4);
    reader.u32();
    reader.u32();
    add(`point ${id}`, `sample ${reader.u32()} of ${chunk}`);
  }
};

const smpl: FieldDecoder = (reader, add) => {
  const names = ['manufacturer', 'product', 'sample period', 'unity note', 'pitch fraction', 'SMPTE format'];
  for (const name of names) add(name, name === 'sample period' ? `${reader.u32()} ns` : reader.u32());
  add('SMPTE offset', hexText(reader.bytes(4)));
  const loops = reader.u32();
  add('loops', loops);
  add('sampler bytes', reader.u32());
  for (let i = 0; i < loops; i++) {
    const id = reader.u32();
    const kind = ['forward', 'alternating', 'backward'][reader.u32()] ?? 'of unknown kind';
    const [start, end] = [reader.u32(), reader.u32()];
    reader.u32();
    const times = reader.u32();
    add(`loop ${id}`, `${kind}, samples ${start} to ${end}, ${times === 0 ? 'for ever' : `${times} times`}`);
  }
};

const inst: FieldDecoder = (reader, add) => {
  for (const name of ['unshifted note', 'fine tune', 'gain', 'low note', 'high note', 'low velocity', 'high velocity'])
    add(name, name === 'fine tune' || name === 'gain' ? (reader.u8() << 24) >> 24 : reader.u8());
};

const peak: FieldDecoder = (reader, add) => {
  add('version', reader.u32());
  add('written', `${reader.u32()} s after 1970`);
  for (let channel = 1; reader.left >= 8; channel++) {
    const value = reader.f32();
    add(`channel ${channel}`, `${+value.toPrecision(6)} at sample ${reader.u32()}`);
  }
};

const acid: FieldDecoder = (reader, add) => {
  add('flags', `0x${reader.u32().toString(16)}`);
  add('root note', reader.u16());
  reader.bytes(6);
  add('beats', reader.u32());
  add('meter', [reader.u16(), reader.u16()].reverse().join('/'));
  add('tempo', `${reader.f32()} bpm`);
};

const cart: FieldDecoder = (reader, add) => {
  add('version', reader.text(4));
  const names = ['title', 'artist', 'cut', 'client', 'category', 'classification', 'out cue'];
  for (const name of names) add(name, reader.text(64));
  const dates = { 'start date': 10, 'start time': 8, 'end date': 10, 'end time': 8, application: 64, release: 64 };
  for (const [name, length] of Object.entries(dates)) add(name, reader.text(length));
};

const wholeText: FieldDecoder = (reader, add) => add('text', reader.text(reader.left));

/** AFsp: `AFsp`, then one text after another. */
const afsp: FieldDecoder = (reader, add) => {
  reader.bytes(4);
  while (reader.left > 0) {
    const line = reader.zText();
    if (line) add('text', line);
  }
};

/** Tags of LIST INFO by the names that programs show. */
export const infoNames: Record<string, string> = {
  ...{ IARL: 'archival location', IART: 'artist', ICMS: 'commissioned', ICMT: 'comment', ICOP: 'copyright' },
  ...{ ICRD: 'created', ICRP: 'cropped', IENG: 'engineer', IGNR: 'genre', IKEY: 'keywords', ILNG: 'language' },
  ...{ IMED: 'medium', INAM: 'title', IPRD: 'product', IPRT: 'part', ISBJ: 'subject', ISFT: 'software' },
  ...{ ISRC: 'source', ISRF: 'source form', ITCH: 'technician', ITRK: 'track', IDIT: 'digitized', ISMP: 'SMPTE time' },
};

/** What a part of a list says: a tag, or the label of a cue point. */
export function listPart(id: string, reader: FieldReader): [name: string, value: string] {
  if (id === 'labl' || id === 'note') return [`${id === 'labl' ? 'label' : 'note'} of ${reader.u32()}`, reader.zText()];
  if (id === 'ltxt') {
    const point = reader.u32();
    const samples = reader.u32();
    const purpose = reader.text(4);
    reader.bytes(Math.min(8, reader.left));
    return [`text of ${point}`, `${samples} samples, ${purpose} ${reader.text(reader.left)}`.trim()];
  }
  const name = infoNames[id.toUpperCase()];
  return [name ? `${id} (${name})` : id, reader.text(reader.left)];
}

/** By chunk id, lower case and without spaces. */
export const riffFields: Record<string, FieldDecoder> = {
  ...{ fmt: format, ds64, bext, cue, smpl, inst, peak, acid, cart, afsp, id3: id3Fields },
  ...{
    ixml: wholeText,
    axml: wholeText,
    _pmx: wholeText,
    disp: (reader, add) => {
      add('type', reader.u32());
      add('text', reader.text(reader.left));
    },
  },
  fact: (reader, add) => add('frames', reader.u32()),
};
