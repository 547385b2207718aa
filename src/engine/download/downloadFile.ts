import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UserError } from '../../shared/problem.ts';
import { fileReason } from '../../training/fileError.ts';
import { type Answer, Interruption, requestRange } from './requestRange.ts';

export interface DownloadOptions {
  checksum?: { algorithm: 'md5' | 'sha256'; hex: string };
  progress?(doneBytes: number, totalBytes: number | undefined): void;
  signal?: AbortSignal;
  /** Broken connections in a row that brought nothing new before it is given up. */
  attempts?: number;
  /** Pause after the first of them; it doubles with each. */
  firstPauseMs?: number;
  /** A connection that is silent for so long is taken for broken. */
  silenceMs?: number;
}

/** What the server said of the file that a part belongs to. */
interface PartOf {
  url: string;
  validator: string;
}

/**
 * Fetches a file by HTTP. It arrives as `<file>.part` and is renamed when it is whole and its checksum is right; a part
 * that is there is gone on from, as long as the server has the same file still. Returns how it was checked.
 * Throws UserError, and the signal's reason when it is stopped; the part stays then.
 */
export async function downloadFile(
  url: string,
  file: string,
  options: DownloadOptions = {},
): Promise<'checksum' | 'length'> {
  const part = `${file}.part`;
  await mkdir(dirname(file), { recursive: true });
  for (let afresh = false; ; afresh = true) {
    await fetchWhole(url, part, options);
    const found = options.checksum && (await hashFile(part, options.checksum.algorithm, options.signal));
    if (found === options.checksum?.hex) break;
    await dropPart(part);
    if (afresh)
      throw new UserError(
        `${url}: the ${options.checksum!.algorithm} sum is ${found}, not ${options.checksum!.hex}, twice: the server has another file, or the connection changes it`,
      );
  }
  await rename(part, file);
  await rm(`${part}.json`, { force: true });
  return options.checksum ? 'checksum' : 'length';
}

/** Checks a file that is there already. */
export async function hasChecksum(file: string, checksum: NonNullable<DownloadOptions['checksum']>): Promise<boolean> {
  return (await hashFile(file, checksum.algorithm)) === checksum.hex;
}

async function fetchWhole(url: string, part: string, options: DownloadOptions): Promise<void> {
  const { attempts = 8, firstPauseMs = 1000, signal } = options;
  let failures = 0;
  for (;;) {
    const before = await sizeOf(part);
    try {
      if (await fetchRest(url, part, options)) return;
      throw new Interruption('the connection broke off');
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof Interruption)) throw error;
      failures = (await sizeOf(part)) > before ? 1 : failures + 1;
      if (failures >= attempts)
        throw new UserError(
          `${url}: ${error.message}; ${await sizeOf(part)} bytes are kept, the same call goes on from there`,
        );
      await wait(firstPauseMs * 2 ** (failures - 1), undefined, { signal });
    }
  }
}

/** One request for what is missing; false when less came than was announced. */
async function fetchRest(url: string, part: string, options: DownloadOptions): Promise<boolean> {
  const note = await readPartOf(part, url);
  // Without a mark of its version, a part may be of another file; then only a checksum can tell.
  const known = note?.validator || options.checksum ? note : undefined;
  const wanted = known ? await sizeOf(part) : 0;
  const stop = new AbortController();
  const silence = setTimeout(() => stop.abort(), options.silenceMs ?? 60_000);
  const signal = AbortSignal.any([stop.signal, ...(options.signal ? [options.signal] : [])]);
  try {
    const answer = await requestRange(url, wanted, known?.validator, signal);
    const range = readRange(answer);
    const { status } = answer;
    if (status === 416 && range.total === wanted && wanted > 0) return true;
    if (status === 416 || (status === 206 && range.start !== wanted)) {
      await dropPart(part);
      throw new Interruption('the server has another part than was asked for');
    }
    checkStatus(url, status);
    // A server may send everything again.
    const from = status === 206 ? wanted : 0;
    const total = range.total ?? lengthOf(answer);
    await writeFile(`${part}.json`, JSON.stringify({ url, validator: validatorOf(answer) } satisfies PartOf));
    const done = await store(answer, part, from, total, () => silence.refresh(), options);
    if (total !== undefined && done > total) {
      await dropPart(part);
      throw new Interruption(`the server sent more than the ${total} bytes it announced`);
    }
    return total === undefined || done === total;
  } finally {
    clearTimeout(silence);
    stop.abort();
  }
}

function checkStatus(url: string, status: number): void {
  if (status === 200 || status === 206) return;
  if (status === 408 || status === 429 || status >= 500) throw new Interruption(`the server answers ${status}`);
  throw new UserError(`${url}: the server answers ${status}`);
}

/** Appends the body; what arrived before a break is kept. Returns the size of the part. */
async function store(
  answer: Answer,
  part: string,
  from: number,
  total: number | undefined,
  alive: () => void,
  { progress }: DownloadOptions,
): Promise<number> {
  const handle = await open(part, from > 0 ? 'r+' : 'w');
  let at = from;
  try {
    await handle.truncate(from);
    for (let piece = await answer.next(); piece; piece = await answer.next()) {
      alive();
      await handle.write(piece, 0, piece.length, at);
      at += piece.length;
      progress?.(at, total);
      if (total !== undefined && at > total) break;
    }
    return at;
  } catch (error) {
    const reason = fileReason(error);
    throw reason === undefined ? error : new UserError(`${part}: ${reason}`);
  } finally {
    await handle.close();
  }
}

/** What distinguishes this version of the file; a weak mark cannot be used for parts. */
const validatorOf = ({ headers }: Answer): string => {
  const { etag = '' } = headers;
  return etag !== '' && !etag.startsWith('W/') ? etag : (headers['last-modified'] ?? '');
};

function readRange({ headers }: Answer): { start?: number; total?: number } {
  const match = /^bytes (?:(\d+)-\d+|\*)\/(\d+|\*)$/.exec(headers['content-range'] ?? '');
  if (!match) return {};
  const [, start, total] = match;
  return {
    ...(start === undefined ? {} : { start: Number(start) }),
    ...(total === undefined || total === '*' ? {} : { total: Number(total) }),
  };
}

function lengthOf({ status, headers }: Answer): number | undefined {
  const length = headers['content-length'];
  return status === 200 && length !== undefined && /^\d+$/.test(length) ? Number(length) : undefined;
}

/** The note beside a part; without a right one the part is of no use. */
async function readPartOf(part: string, url: string): Promise<PartOf | undefined> {
  try {
    const note = JSON.parse(await readFile(`${part}.json`, 'utf8')) as Partial<PartOf>;
    return note.url === url && typeof note.validator === 'string' ? { url, validator: note.validator } : undefined;
  } catch {
    return undefined;
  }
}

async function dropPart(part: string): Promise<void> {
  await rm(part, { force: true });
  await rm(`${part}.json`, { force: true });
}

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );

async function hashFile(file: string, algorithm: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  for await (const chunk of createReadStream(file, signal ? { signal } : {})) hash.update(chunk as Uint8Array);
  return hash.digest('hex');
}
