import { listChunks } from '../../../../../dsp/header/listChunks.ts';
import { measureAudio } from '../../../../../dsp/measureAudio.ts';
import { streamWav } from '../../../../../dsp/wav/streamWav.ts';
import { UserError } from '../../../../../shared/problem.ts';
import type { OutWorker } from '../../../../../shared/protocol/spectrogramOut.ts';
import { writePieces } from '../../../../services/writePieces.ts';
import type { ClipPlace } from '../../workerProtocol.ts';
import { type OpenClip, openSource } from '../openClip.ts';
import type { Pictures } from '../pictures.ts';
import { featureName, featurePieces } from './featurePieces.ts';

export interface OutContext {
  /** Throws when no recording is open. */
  current(): Promise<{ open: OpenClip; pictures: Pictures }>;
  /** Where the file is, also when it could not be opened. */
  place(): ClipPlace;
  worked(work: number, done: number): void;
}

const tellEveryMs = 100;

class Cancelled extends Error {}

/** Called between pieces with the share that is done; true when the work is to end. */
type Pause = (done: number) => Promise<boolean>;

/** What the worker takes out of a recording, letting requests for tiles through between pieces. */
export function createOutCalls({ current, place, worked }: OutContext): OutWorker {
  const going = createWork(worked);
  return {
    async measureStretch(work, startSec, endSec) {
      const { open } = await current();
      const { start, count } = framesOf(open, startSec, endSec);
      return going.run(work, (pause) => measureAudio(open.clip, start, count, { pause }));
    },
    async headerChunks() {
      const source = await openSource(place());
      try {
        return await listChunks(source);
      } finally {
        await source.close?.();
      }
    },
    async writeStretch(work, { form, startSec, endSec, picture }, path) {
      const { open, pictures } = await current();
      const { start, count } = framesOf(open, startSec, endSec);
      if (count === 0) throw new UserError('The stretch holds no samples.');
      const piecesOf = (pause: Pause) =>
        form === 'wav'
          ? wavPieces(open, start, count, pause)
          : featurePieces(open.clip, pictures.settings(picture), start, count);
      try {
        await going.run(work, (pause) => writePieces(path, piecesOf(pause)));
        return true;
      } catch (error) {
        if (error instanceof Cancelled) return false;
        throw error;
      }
    },
    cancelWork: going.cancel,
    featureName: async (picture) => featureName((await current()).pictures.settings(picture).request),
  };
}

/** Work that can be cancelled by its number, also before it has begun. */
function createWork(worked: OutContext['worked']) {
  const cancelled = new Set<number>();
  return {
    async run<T>(work: number, what: (pause: Pause) => Promise<T>): Promise<T> {
      let toldAt = performance.now();
      try {
        return await what(async (done) => {
          if (performance.now() - toldAt > tellEveryMs) {
            toldAt = performance.now();
            worked(work, done);
          }
          await new Promise((resolve) => setImmediate(resolve));
          return cancelled.has(work);
        });
      } finally {
        cancelled.delete(work);
      }
    },
    cancel(work: number) {
      cancelled.add(work);
      // Numbers of work that is long over must not pile up.
      if (cancelled.size > 100) cancelled.delete(cancelled.values().next().value!);
    },
  };
}

/** The same rounding as for utterances of a manifest. */
function framesOf({ clip }: OpenClip, startSec: number, endSec: number): { start: number; count: number } {
  const { frames, sampleRateHz } = clip.info;
  const start = Math.max(0, Math.min(frames, Math.round(startSec * sampleRateHz)));
  return { start, count: Math.max(0, Math.min(frames - start, Math.round((endSec - startSec) * sampleRateHz))) };
}

async function* wavPieces(open: OpenClip, start: number, count: number, pause: Pause) {
  const { totalBytes, pieces } = streamWav(open.clip, start, count);
  let done = 0;
  for await (const piece of pieces()) {
    yield piece;
    done += piece.length;
    if (await pause(done / totalBytes)) throw new Cancelled();
  }
}
