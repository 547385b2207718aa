import { type FileHandle, open, readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { parseDigest } from '../../shared/run/digest.ts';
import { parseEventLines } from '../../shared/run/eventLines.ts';
import type { EngineEvent } from '../../shared/run/events.ts';
import { runFiles } from '../../shared/run/layout.ts';
import { createRunModel, type RunModel, reduceAll } from '../../shared/run/runModel.ts';

/** What one look at a log found. */
export interface Tailed {
  /** Appended since the log was known to its end, oldest first. */
  events: EngineEvent[];
  /** The model changed by more than these events: history was read, or the log was replaced. */
  reloaded: boolean;
}

/** `events.jsonl` of a run as the model it adds up to. */
export interface EventTail {
  readonly model: RunModel;
  /** False while history is still to be read. */
  readonly caughtUp: boolean;
  /** Reads on from where it stands, a bounded piece at a time. */
  read(): Promise<Tailed>;
}

/** Small enough that a block is parsed within a few milliseconds, since whoever reads has other things to do. */
const firstBlockBytes = 1 << 17;
const bytesPerRead = 1 << 23;
const none = Buffer.alloc(0);

/** Begins with the digest when there is one that fits the log. */
export function tailEvents(directory: string): EventTail {
  const file = path.join(directory, runFiles.events);
  let model = createRunModel();
  let caughtUp = false;
  let begun = false;
  // Always the start of a line, so that a torn line which a resumed run cuts off has never been taken.
  let offset = 0;
  let block = none;

  const begin = async (log: FileHandle, size: number): Promise<void> => {
    const digest = await readDigest(directory, log, size);
    model = digest?.model ?? createRunModel();
    offset = digest?.offset ?? 0;
    caughtUp = false;
    begun = true;
  };
  /** The events of the next block; undefined when no line is complete. */
  const readBlock = async (log: FileHandle, size: number): Promise<EngineEvent[] | undefined> => {
    for (;;) {
      const { bytesRead } = await log.read(block, 0, Math.min(block.length, size - offset), offset);
      const end = bytesRead === 0 ? 0 : block.lastIndexOf(10, bytesRead - 1) + 1;
      if (end > 0) {
        offset += end;
        return parseEventLines(block.toString('utf8', 0, end)).events;
      }
      if (bytesRead < block.length) return undefined;
      // A line longer than a block.
      block = Buffer.allocUnsafe(2 * block.length);
    }
  };
  const readOn = async (log: FileHandle): Promise<Tailed> => {
    const { size } = await log.stat();
    const reloaded = !begun || size < offset;
    if (reloaded) await begin(log, size);
    const tailed: Tailed = { events: [], reloaded: reloaded || !caughtUp };
    if (offset >= size) return settle(tailed);
    block = Buffer.allocUnsafe(firstBlockBytes);
    const limit = offset + bytesPerRead;
    while (offset < size && offset < limit) {
      const events = await readBlock(log, size);
      if (!events) break;
      model = reduceAll(model, events);
      // History is not kept: it may be longer than memory.
      if (caughtUp) tailed.events.push(...events);
    }
    block = none;
    return offset < limit ? settle(tailed) : tailed;
  };
  const settle = (tailed: Tailed): Tailed => {
    caughtUp = true;
    return tailed;
  };
  /** What a log that comes into being later holds is new. */
  const noLog = (): Tailed => {
    const reloaded = offset > 0;
    if (reloaded) [model, offset] = [createRunModel(), 0];
    caughtUp = begun = true;
    return { events: [], reloaded };
  };
  return {
    get model() {
      return model;
    },
    get caughtUp() {
      return caughtUp;
    },
    async read() {
      const log = await open(file).catch(() => undefined);
      if (!log) return noLog();
      try {
        return await readOn(log);
      } finally {
        await log.close();
      }
    },
  };
}

/** Undefined where it is absent, damaged, of another form, or speaks of another log than this one. */
async function readDigest(directory: string, log: FileHandle, size: number) {
  const text = await readFile(path.join(directory, runFiles.digest), 'utf8').catch(() => undefined);
  const digest = text === undefined ? undefined : parseDigest(text, size);
  if (!digest || !Number.isSafeInteger(digest.offset) || digest.offset < 1) return undefined;
  const last = Buffer.alloc(1);
  await log.read(last, 0, 1, digest.offset - 1);
  return last[0] === 10 ? digest : undefined;
}
