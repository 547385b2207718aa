import type { Recognized, Recognizer } from '../model/recognizer.ts';
import type { StreamModel } from '../stream/streamModel.ts';
import { HttpError } from './httpError.ts';
import { createStreamer, type ServedStream } from './streaming.ts';

/** A model that is kept warm, and opened again when its process has died. */
export interface ServedModel {
  /** By which requests name it. */
  readonly id: string;
  readonly sampleRateHz: number;
  readonly createdSec: number;
  /** How often its process was started anew. */
  readonly restarts: number;
  /** As of Recognizer. A process that dies meanwhile is a 503: the server lives on, and the next call finds a new one. */
  recognize(samples: Float32Array, offsetSec: number): Promise<Recognized>;
  /** Streams are heard in a process of their own, so that no long recording holds them up. */
  openStream(): Promise<ServedStream>;
  dispose(): Promise<void>;
}

export interface ModelSource {
  id: string;
  sampleRateHz: number;
  createdSec: number;
  open(): Promise<Recognizer>;
  openForStreams(): Promise<StreamModel>;
}

/** Opens the model; rejects as `open` does. `note` is told of restarts. */
export async function keepWarm(source: ModelSource, note: (line: string) => void): Promise<ServedModel> {
  let current = source.open();
  await current;
  const streamer = createStreamer(source.openForStreams);
  let restarts = 0;
  let disposed = false;
  const restart = (dead: Promise<Recognizer>, why: string) => {
    // Several calls may find the same process dead.
    if (disposed || current !== dead) return;
    restarts++;
    note(`the process of model ${source.id} ended and is started again: ${why}`);
    current = source.open();
    current.catch(() => undefined);
    dead.then(
      (recognizer) => recognizer.dispose(),
      () => undefined,
    );
  };
  const living = async (): Promise<Promise<Recognizer>> => {
    const own = current;
    const alive = await own.then(
      (recognizer) => recognizer.alive,
      () => false,
    );
    if (!alive) restart(own, 'it was found dead');
    return current;
  };
  const { id, sampleRateHz, createdSec } = source;
  return {
    ...{ id, sampleRateHz, createdSec },
    get restarts() {
      return restarts;
    },
    async recognize(samples, offsetSec) {
      await living();
      const own = current;
      const recognizer = await own.catch((error: unknown) => {
        throw unavailable(`the model cannot be opened again: ${messageOf(error)}`);
      });
      try {
        return await recognizer.recognize(samples, offsetSec);
      } catch (error) {
        if (recognizer.alive) throw error;
        restart(own, messageOf(error));
        throw unavailable('the process that runs the model ended during this request; it is started again');
      }
    },
    openStream: streamer.openStream,
    async dispose() {
      disposed = true;
      await streamer.dispose();
      await current.then(
        (recognizer) => recognizer.dispose(),
        () => undefined,
      );
    },
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split('\n')[0]!;

const unavailable = (message: string) =>
  new HttpError(503, message, { code: 'model_unavailable', headers: { 'retry-after': '1' } });
