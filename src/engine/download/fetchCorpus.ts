import { spawn } from 'node:child_process';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { readFile, rm, statfs, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { writeWav } from '../../dsp/writeWav.ts';
import { UserError } from '../../shared/problem.ts';
import { makeFolder, refusalOfSystem } from '../../training/fileError.ts';
import { isAudioFile, listFiles } from '../corpora/corpus.ts';
import type { Terminal } from '../terminal.ts';
import { type DownloadOptions, downloadFile, hasChecksum } from './downloadFile.ts';
import type { PublicCorpus } from './publicCorpora.ts';
import { type Unpacked, unpackTar } from './unpackTar.ts';

/** Unpacked audio is hardly larger than its archive; transcripts and blocks of the disk come on top. */
const spaceFactor = 1.3;

/**
 * Fetches and unpacks a corpus; returns its folder. What is there already, whole and right, is not fetched again, and a
 * finished corpus is left as it is. The archive is deleted in the end. Throws UserError.
 */
export async function fetchCorpus(
  name: string,
  corpus: PublicCorpus,
  dir: string,
  terminal: Terminal,
  options: Pick<DownloadOptions, 'attempts' | 'firstPauseMs' | 'silenceMs'> = {},
): Promise<string> {
  makeFolder(dir, 'folder');
  const finished = join(dir, `.asr-${name}.done`);
  const folder = join(dir, corpus.folder);
  if (existsSync(finished) && existsSync(folder)) {
    terminal.note(`${name} is in ${folder} already`);
    return folder;
  }
  const archive = join(dir, basename(new URL(corpus.url).pathname));
  const stop = new AbortController();
  const release = terminal.onInterrupt(() => stop.abort(new UserError('stopped; the same call goes on from here')));
  try {
    await checkSpace(dir, corpus, archive);
    await fetchArchive(corpus, archive, terminal, { ...options, signal: stop.signal });
    const unpacked = await unpackArchive(archive, dir, stop.signal, (files) =>
      terminal.progress(`unpacking: ${files} files`),
    );
    if (unpacked.skipped.length > 0) terminal.note(`${unpacked.skipped.length} links in the archive were not made`);
    if (corpus.format === 'an4') await wrapRaw(folder);
    terminal.progress('');
    await writeFile(finished, `${corpus.url}\n`);
    await rm(archive, { force: true });
    terminal.note(`${name}: ${unpacked.files} files in ${folder} (licence: ${corpus.licence})`);
    return folder;
  } catch (error) {
    stop.signal.throwIfAborted();
    throw refusalOfSystem(error) ?? error;
  } finally {
    terminal.progress('');
    release();
  }
}

async function fetchArchive(
  { url, checksum, sizeBytes }: PublicCorpus,
  archive: string,
  terminal: Terminal,
  options: DownloadOptions,
): Promise<void> {
  if (existsSync(archive) && checksum && (await hasChecksum(archive, checksum))) return;
  terminal.note(`fetching ${url}`);
  const checked = await downloadFile(url, archive, {
    ...options,
    ...(checksum ? { checksum } : {}),
    progress: (done, total = sizeBytes) =>
      terminal.progress(
        `fetching: ${renderSize(done)} of ${renderSize(total)} (${((100 * done) / total).toFixed(1)} %)`,
      ),
  });
  if (checked === 'length')
    terminal.note('no checksum is published for it: only its length and the check of its compression are looked at');
}

const renderSize = (bytes: number) =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(2)} GB`;

async function checkSpace(dir: string, { sizeBytes }: PublicCorpus, archive: string): Promise<void> {
  const { bavail, bsize } = await statfs(dir);
  const [whole, part] = [archive, `${archive}.part`].map(
    (file) => statSync(file, { throwIfNoEntry: false })?.size ?? 0,
  );
  const missing = Math.max(0, sizeBytes - Math.max(whole!, part!));
  const needed = missing + spaceFactor * sizeBytes;
  if (bavail * bsize < needed)
    throw new UserError(
      `${dir}: ${renderSize(needed)} are needed for the archive and what is in it, ${renderSize(bavail * bsize)} are free`,
    );
}

async function unpackArchive(
  archive: string,
  dir: string,
  signal: AbortSignal,
  progress: (files: number) => void,
): Promise<Unpacked> {
  const unpack = (stream: AsyncIterable<Uint8Array>) => unpackTar(stream, dir, progress);
  const file = createReadStream(archive, { highWaterMark: 1 << 18 });
  try {
    if (archive.endsWith('.bz2')) return await unpackBzip2(archive, unpack, signal);
    let unpacked: Unpacked | undefined;
    await pipeline(
      file,
      createGunzip(),
      async (stream: AsyncIterable<Uint8Array>) => {
        unpacked = await unpack(stream);
        // To its end: the check of the compression comes last.
        for await (const _ of stream);
      },
      { signal },
    );
    return unpacked!;
  } catch (error) {
    if (!String((error as NodeJS.ErrnoException).code).startsWith('Z_')) throw error;
    await rm(archive, { force: true });
    throw new UserError(`${archive}: the archive is damaged, and was deleted; the same call fetches it again`);
  } finally {
    file.destroy();
  }
}

/** Node has no bzip2; the system's program has. */
async function unpackBzip2(
  archive: string,
  unpack: (stream: AsyncIterable<Uint8Array>) => Promise<Unpacked>,
  signal: AbortSignal,
): Promise<Unpacked> {
  const child = spawn('bzip2', ['-dc', archive], { stdio: ['ignore', 'pipe', 'ignore'], signal });
  // Piped at once: what a program has written when it ends is thrown away where nobody reads yet.
  const plain = child.stdout.pipe(new PassThrough());
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  ended.catch(() => {});
  try {
    const unpacked = await unpack(plain);
    plain.resume();
    if ((await ended) !== 0) throw new UserError(`${archive}: the archive is damaged; delete it and start again`);
    return unpacked;
  } catch (error) {
    // To kill one that could not be started would be to kill this process's whole group.
    if (child.pid !== undefined) child.kill();
    const { code } = (await ended.then(
      () => undefined,
      (reason: NodeJS.ErrnoException) => reason,
    )) ?? { code: undefined };
    if (code === 'ENOENT')
      throw new UserError(`${archive} is fetched; unpacking it needs the program bzip2, which is not on the path`);
    throw error;
  }
}

/** AN4 comes as bare samples, 16 bits at 16 kHz: a `.wav` is written beside each. */
async function wrapRaw(folder: string): Promise<void> {
  const files = await listFiles(folder);
  const present = new Set(files.filter(isAudioFile));
  for (const file of files.filter((name) => name.endsWith('.raw'))) {
    const wav = file.replace(/\.raw$/, '.wav');
    if (present.has(wav)) continue;
    const bytes = await readFile(file);
    const pcm = new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + (bytes.length & ~1)));
    await writeFile(wav, writeWav([Float32Array.from(pcm, (sample) => sample / 32_768)], 16_000));
  }
}
