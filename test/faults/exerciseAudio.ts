import { AudioError } from '../../src/dsp/audioError.ts';
import { openAudio, readMono } from '../../src/dsp/audioFile.ts';
import { type ByteSource, memorySource } from '../../src/dsp/byteSource.ts';
import { listChunks } from '../../src/dsp/header/listChunks.ts';

/** Opens a recording and reads it here and there; anything but data or an AudioError is thrown on. */
export async function exerciseAudio(bytes: Uint8Array): Promise<'data' | 'error'> {
  const source = meteredSource(bytes);
  const outcome = await readHereAndThere(source);
  await exerciseHeader(bytes);
  if (source.total > 24 * bytes.length + 100_000) throw new Error(`read ${source.total} of ${bytes.length} bytes`);
  return outcome;
}

/** The header's list never fails, is never long, and holds nothing that cannot be shown. */
async function exerciseHeader(bytes: Uint8Array): Promise<void> {
  const chunks = await listChunks(memorySource(bytes));
  // One more says that there are more.
  if (chunks.length > 301) throw new Error(`${chunks.length} chunks`);
  for (const { id, fields, note = '' } of chunks)
    for (const text of [id, note, ...fields.flatMap(({ name, value }) => [name, value])])
      if (typeof text !== 'string' || text.length > 10_000 || /[^\P{Cc}\n\t]/u.test(text))
        throw new Error(`the header's text ${JSON.stringify(text)}`);
}

/** Counts what is read, so that a file is neither read whole again and again nor beyond its end. */
function meteredSource(bytes: Uint8Array): ByteSource & { total: number } {
  const memory = memorySource(bytes);
  const source = {
    size: bytes.length,
    total: 0,
    read(offset: number, length: number) {
      if (!(offset >= 0 && length >= 0)) throw new Error(`read(${offset}, ${length})`);
      source.total += Math.min(length, Math.max(0, bytes.length - offset));
      return memory.read(offset, length);
    },
  };
  return source;
}

async function readHereAndThere(source: ByteSource): Promise<'data' | 'error'> {
  try {
    const { info, readSamples } = await openAudio(source);
    const plausible = info.channels >= 1 && info.sampleRateHz >= 1 && Number.isInteger(info.frames) && info.frames >= 0;
    if (!plausible || info.durationSec !== info.frames / info.sampleRateHz) throw new Error(JSON.stringify(info));
    const count = Math.min(info.frames, Math.ceil(20_000 / info.channels));
    for (const start of [0, info.frames - count]) {
      const channels = await readSamples(start, count);
      if (channels.length !== info.channels || channels.some((one) => one.length !== count)) throw new Error('shape');
    }
    const mono = await readMono({ info, readSamples }, Math.floor(info.frames / 2), 500);
    for (let i = 0; i < mono.length; i++) if (!Number.isFinite(mono[i]!)) throw new Error('not finite');
    return 'data';
  } catch (error) {
    if (!(error instanceof AudioError) || error.message.length < 10) throw error;
    return 'error';
  }
}
