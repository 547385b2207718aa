import { randomUUID } from 'node:crypto';
import { type FileHandle, open, rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { type ByteSource, positionedSource } from '../../dsp/byteSource.ts';
import { fileReason, systemCode } from '../../training/fileError.ts';
import { HttpError } from './httpError.ts';
import type { ServeLimits } from './limits.ts';
import { boundaryOf, createMultipartParser, type PartHeader, type PartSink } from './multipart.ts';

/** A form as it was sent: its fields in memory, its one file on the disk. */
export interface Upload {
  fields: ReadonlyMap<string, readonly string[]>;
  file: ByteSource;
  dispose(): Promise<void>;
}

/** The client went away; there is nobody to answer. */
export class ClientGone extends Error {
  override name = 'ClientGone';
}

const maxFieldBytes = 64 * 1024;
const maxFieldsBytes = 256 * 1024;

type UploadLimits = Pick<ServeLimits, 'maxBodyBytes' | 'idleMs'>;

/** What the headers alone tell against a body; throws HttpError 400, 411, 413 or 415. Returns the form's boundary. */
export function checkBodyHeaders({ headers }: IncomingMessage, { maxBodyBytes }: UploadLimits): string {
  const length = headers['content-length'];
  if (headers['transfer-encoding'] === undefined && length === undefined)
    throw new HttpError(411, 'send a Content-Length, or the body in chunks', { code: 'length_required' });
  if (Number(length ?? 0) > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
  if (headers['content-encoding'] !== undefined && headers['content-encoding'] !== 'identity')
    throw new HttpError(415, 'compressed bodies are not taken', { code: 'unsupported_encoding' });
  const boundary = boundaryOf(headers['content-type'] ?? '');
  if (boundary !== undefined) return boundary;
  if (/^multipart\/form-data\s*(;|$)/i.test(headers['content-type'] ?? ''))
    throw new HttpError(400, 'the Content-Type has no valid boundary', { code: 'invalid_multipart' });
  throw new HttpError(415, 'send multipart/form-data', { code: 'unsupported_media_type' });
}

/**
 * Reads a form from a request, the file to the disk in `folder`, never more than the cap of either. The file has no name
 * there while it is used, so nothing is left behind however the process ends. Throws HttpError, ClientGone, or the
 * signal's reason.
 */
export async function receiveUpload(
  request: IncomingMessage,
  boundary: string,
  folder: string,
  limits: UploadLimits,
  signal: AbortSignal,
): Promise<Upload> {
  const fields = new Map<string, string[]>();
  const temporary = await openTemporary(folder);
  let size = 0;
  let files = 0;
  let held = 0;
  const openPart = ({ name, filename }: PartHeader): PartSink => {
    if (name === 'file') {
      if (filename === undefined) throw wrong('file', 'must be a file, sent with a file name');
      if (++files > 1) throw wrong('file', 'is given twice');
      return {
        async write(bytes) {
          await temporary.handle.write(bytes, 0, bytes.length, size);
          size += bytes.length;
        },
        end: () => undefined,
      };
    }
    if (filename !== undefined) throw wrong(name, 'must be text, not a file');
    const parts: Uint8Array[] = [];
    let length = 0;
    return {
      write(bytes) {
        length += bytes.length;
        held += bytes.length;
        if (length > maxFieldBytes || held > maxFieldsBytes) throw wrong(name, 'is too long');
        parts.push(Uint8Array.from(bytes));
      },
      end() {
        fields.set(name, [...(fields.get(name) ?? []), decodeText(name, Buffer.concat(parts))]);
      },
    };
  };
  try {
    const parser = createMultipartParser(boundary, openPart);
    await readBody(request, limits, signal, (bytes) => parser.write(bytes));
    parser.end();
    if (files === 0) throw wrong('file', 'is missing');
    const file = positionedSource(size, async (...at) => (await temporary.handle.read(...at)).bytesRead);
    return { fields, file, dispose: temporary.dispose };
  } catch (error) {
    await temporary.dispose();
    throw diskRefusal(error) ?? error;
  }
}

const wrong = (param: string, what: string) =>
  new HttpError(400, `"${param}" ${what}`, { code: 'invalid_value', param: param.slice(0, 100) });

const bodyTooLarge = (maxBytes: number) =>
  new HttpError(413, `the body is larger than ${Math.round(maxBytes / 2 ** 20)} MB, the most this server takes`, {
    code: 'body_too_large',
  });

function decodeText(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw wrong(name, 'is not UTF-8');
  }
}

async function openTemporary(folder: string): Promise<{ handle: FileHandle; dispose(): Promise<void> }> {
  const path = join(folder, randomUUID());
  const handle = await open(path, 'wx+', 0o600).catch((error: unknown) => {
    throw diskRefusal(error) ?? error;
  });
  // Where a file in use cannot be removed it goes with the folder.
  await rm(path, { force: true }).catch(() => undefined);
  return {
    handle,
    async dispose() {
      await handle.close();
      await rm(path, { force: true }).catch(() => undefined);
    },
  };
}

function diskRefusal(error: unknown): HttpError | undefined {
  const reason = systemCode(error) === undefined ? undefined : fileReason(error);
  if (reason === undefined) return undefined;
  return new HttpError(503, `the recording cannot be kept while it is heard: ${reason}`, {
    ...{ code: 'no_space', headers: { 'retry-after': '30' } },
  });
}

/** Gives the body's bytes to `take`, one after another; what comes meanwhile waits in the network. */
async function readBody(
  request: IncomingMessage,
  { maxBodyBytes, idleMs }: UploadLimits,
  signal: AbortSignal,
  take: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  // The connection must outlive a body that is not read to its end: the refusal goes out on it.
  const chunks = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Buffer>;
  let total = 0;
  for (;;) {
    const { done, value } = await nextChunk(chunks, idleMs, signal);
    if (done) return;
    total += value.length;
    if (total > maxBodyBytes) throw bodyTooLarge(maxBodyBytes);
    await take(value);
  }
}

async function nextChunk(
  chunks: AsyncIterator<Buffer>,
  idleMs: number,
  signal: AbortSignal,
): Promise<IteratorResult<Buffer>> {
  signal.throwIfAborted();
  const next = chunks.next().catch((error: unknown) => {
    throw new ClientGone('the client went away', { cause: error });
  });
  next.catch(() => undefined);
  let stop: () => void = () => undefined;
  const interrupted = new Promise<never>((_, reject) => {
    const timer = setTimeout(() => {
      reject(new HttpError(408, `no byte of the body came for ${idleMs / 1000} s`, { code: 'body_timeout' }));
    }, idleMs);
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    stop = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
  });
  try {
    return await Promise.race([next, interrupted]);
  } finally {
    stop();
  }
}
