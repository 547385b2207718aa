import { join } from 'node:path';
import { renderDigest } from '../../shared/run/digest.ts';
import { runFiles } from '../../shared/run/layout.ts';
import type { RunModel } from '../../shared/run/runModel.ts';
import { replaceFile } from './durableFiles.ts';
import type { EventLog } from './eventLog.ts';

/** Keeps `digest.json` at most so old while events come. */
const everyMs = 60_000;

export interface DigestWriter {
  /** The model after the latest event that was written. */
  offer(model: RunModel): void;
  /** Waits for a write under way, then writes once more. */
  finish(model: RunModel): Promise<void>;
}

/** `nowMs` is monotonic. A digest saves readers time and nothing else, so one that cannot be written is left out. */
export function createDigestWriter(
  runDirectory: string,
  events: Pick<EventLog, 'bytes' | 'sync'>,
  nowMs: () => number,
): DigestWriter {
  let writing: Promise<void> | undefined;
  let writtenMs = nowMs();
  const write = async (model: RunModel) => {
    const { bytes } = events;
    // The model then has events that the file lacks.
    if (bytes === undefined) return;
    const text = renderDigest(bytes, model);
    // A digest must not outlive the events that it stands for.
    await events.sync();
    await replaceFile(join(runDirectory, runFiles.digest), text);
  };
  const attempt = (model: RunModel) =>
    write(model)
      .catch(() => undefined)
      .finally(() => {
        writing = undefined;
      });
  return {
    offer(model) {
      if (writing || nowMs() - writtenMs < everyMs) return;
      writtenMs = nowMs();
      writing = attempt(model);
    },
    async finish(model) {
      await writing;
      await attempt(model);
    },
  };
}
