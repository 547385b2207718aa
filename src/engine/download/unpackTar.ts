import { lstat, mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';

export interface Unpacked {
  files: number;
  bytes: number;
  /** Links and devices, which are not made. */
  skipped: string[];
}

const block = 512;
/** Of a name or attributes that stand in front of a file. */
const longestHeaderBytes = 1 << 20;

/**
 * Writes the files of a tar stream (ustar, pax, GNU long names) below a folder, overwriting older ones. Nothing is
 * written outside it: absolute names, `..` and ways over links are refused. Links are not made. Throws UserError for an
 * archive that is damaged or ends too early.
 */
export async function unpackTar(
  stream: AsyncIterable<Uint8Array>,
  folder: string,
  progress: (files: number) => void = () => {},
): Promise<Unpacked> {
  const input = createInput(stream);
  const unpacked: Unpacked = { files: 0, bytes: 0, skipped: [] };
  const folders = new Set<string>();
  let attributes: Record<string, string> = {};
  await mkdir(folder, { recursive: true });
  for (;;) {
    const header = await input.take(block);
    if (header.every((byte) => byte === 0)) return unpacked;
    const entry = readHeader(header);
    const padding = (block - (entry.size % block)) % block;
    if (entry.type === 'x' || entry.type === 'L' || entry.type === 'g') {
      if (entry.size > longestHeaderBytes) throw damaged('a name is too long');
      const content = decode(await input.take(entry.size));
      await input.skip(padding);
      if (entry.type === 'x') attributes = { ...attributes, ...readAttributes(content) };
      else if (entry.type === 'L') attributes.path = content.replace(/\0.*$/s, '');
      continue;
    }
    const name = attributes.path ?? entry.name;
    const size = attributes.size === undefined ? entry.size : Number(attributes.size);
    if (!Number.isSafeInteger(size) || size < 0) throw damaged('an entry has no length');
    attributes = {};
    const parts = safeParts(name);
    if (entry.type === 'file') {
      await makeFolders(folder, parts.slice(0, -1), folders);
      await writeEntry(input, join(folder, ...parts), size, name);
      unpacked.files++;
      unpacked.bytes += size;
      progress(unpacked.files);
    } else {
      if (entry.type === 'folder') await makeFolders(folder, parts, folders);
      else unpacked.skipped.push(name);
      await input.skip(size);
    }
    await input.skip((block - (size % block)) % block);
  }
}

const damaged = (why: string) => new UserError(`the archive is damaged: ${why}`);

interface Header {
  name: string;
  size: number;
  type: 'file' | 'folder' | 'x' | 'g' | 'L' | 'other';
}

function readHeader(header: Uint8Array): Header {
  const text = (start: number, length: number) => decode(header.subarray(start, start + length)).replace(/\0.*$/s, '');
  // The sum counts its own eight bytes as spaces.
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 32 : byte), 0);
  if (Number.parseInt(text(148, 8).trim(), 8) !== sum) throw damaged('the sum of a header is wrong');
  const prefix = text(257, 5) === 'ustar' && text(257, 8) !== 'ustar  ' ? text(345, 155) : '';
  const name = prefix === '' ? text(0, 100) : `${prefix}/${text(0, 100)}`;
  const flag = String.fromCharCode(header[156]!);
  const types: Record<string, Header['type']> = { '0': 'file', '\0': 'file', '7': 'file', '5': 'folder' };
  const type = types[flag] ?? (flag === 'x' || flag === 'g' || flag === 'L' ? flag : 'other');
  return {
    name,
    size: readSize(header.subarray(124, 136)),
    type: type === 'file' && name.endsWith('/') ? 'folder' : type,
  };
}

/** Octal digits, or base 256 for what does not fit them. */
function readSize(field: Uint8Array): number {
  if (field[0]! & 0x80) return field.reduce((value, byte, at) => (at === 0 ? byte & 0x7f : value * 256 + byte), 0);
  const size = Number.parseInt(decode(field).replace(/\0.*$/s, '').trim() || '0', 8);
  if (!Number.isSafeInteger(size)) throw damaged('an entry has no length');
  return size;
}

/** `27 path=some/name\n`, repeated; the number counts the bytes of its line. */
function readAttributes(content: string): Record<string, string> {
  const found: Record<string, string> = Object.create(null);
  for (const match of content.matchAll(/(?:^|\n)\d+ (path|size)=([^\n]*)/g)) found[match[1]!] = match[2]!;
  return found;
}

function safeParts(name: string): string[] {
  const parts = name.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  if (
    /^[/\\]|^[a-zA-Z]:/.test(name) ||
    name.includes('\0') ||
    parts.includes('..') ||
    (parts.length === 0 && !/^\.?\/?$/.test(name))
  )
    throw new UserError(`the archive would write outside its folder: ${JSON.stringify(name)}`);
  return parts;
}

/** Makes folders one by one: one that is a link may lead anywhere. */
async function makeFolders(root: string, parts: readonly string[], known: Set<string>): Promise<void> {
  let path = root;
  for (const part of parts) {
    path = join(path, part);
    if (known.has(path)) continue;
    const there = await lstat(path).catch(() => undefined);
    if (!there) await mkdir(path);
    else if (!there.isDirectory())
      throw new UserError(`${path}: a folder is to be made here, and it is something else`);
    known.add(path);
  }
}

async function writeEntry(input: Input, file: string, size: number, name: string): Promise<void> {
  const there = await lstat(file).catch(() => undefined);
  if (there && !there.isFile())
    throw new UserError(`${file}: the archive has a file here, and there is something else`);
  const handle = await open(file, 'w');
  try {
    for (let left = size; left > 0; ) {
      const chunk = await input.some(left);
      if (chunk.length === 0) throw damaged(`it ends inside ${name}`);
      await handle.write(chunk);
      left -= chunk.length;
    }
  } finally {
    await handle.close();
  }
}

interface Input {
  /** Exactly so many bytes. */
  take(count: number): Promise<Uint8Array>;
  /** At most so many; none at the end. */
  some(count: number): Promise<Uint8Array>;
  skip(count: number): Promise<void>;
}

function createInput(stream: AsyncIterable<Uint8Array>): Input {
  const chunks = stream[Symbol.asyncIterator]();
  let rest = new Uint8Array(0);
  const some = async (count: number): Promise<Uint8Array> => {
    while (rest.length === 0) {
      const next = await chunks.next();
      if (next.done) return rest;
      rest = next.value as Uint8Array<ArrayBuffer>;
    }
    const taken = rest.subarray(0, count);
    rest = rest.subarray(taken.length);
    return taken;
  };
  const take = async (count: number): Promise<Uint8Array> => {
    const taken = new Uint8Array(count);
    for (let at = 0; at < count; ) {
      const chunk = await some(count - at);
      if (chunk.length === 0) throw damaged('it ends too early');
      taken.set(chunk, at);
      at += chunk.length;
    }
    return taken;
  };
  return {
    take,
    some,
    async skip(count) {
      for (let left = count; left > 0; ) {
        const chunk = await some(left);
        if (chunk.length === 0) throw damaged('it ends too early');
        left -= chunk.length;
      }
    },
  };
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
