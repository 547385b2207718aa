import type { StreamModel } from '../stream/streamModel.ts';
import { createStreamSession, type StreamResult, type StreamSession } from '../stream/streamSession.ts';
import { HttpError } from './httpError.ts';

/** Streams of one model, in a process that is started for the first of them, and again when it has died. */
export interface Streamer {
  /** A dead process is a 503 to the streams that it carried. */
  openStream(): Promise<ServedStream>;
  dispose(): Promise<void>;
}

/** What a socket needs of a session. */
export type ServedStream = Pick<StreamSession, 'push' | 'finish' | 'dispose'>;

export function createStreamer(open: () => Promise<StreamModel>): Streamer {
  let current: Promise<StreamModel> | undefined;
  const living = async (): Promise<StreamModel> => {
    const model = await current?.catch(() => undefined);
    if (model?.client.alive) return model;
    const own = open();
    current = own;
    void model?.dispose();
    return own;
  };
  let opening: Promise<StreamModel> | undefined;
  const openOnce = (): Promise<StreamModel> => {
    opening ??= living().finally(() => {
      opening = undefined;
    });
    return opening;
  };
  return {
    async openStream() {
      const model = await openOnce();
      const session = await createStreamSession(model);
      const guard = async (work: Promise<StreamResult[]>): Promise<StreamResult[]> => {
        try {
          return await work;
        } catch (error) {
          throw model.client.alive ? error : unavailable();
        }
      };
      return {
        push: (samples) => guard(session.push(samples)),
        finish: () => guard(session.finish()),
        dispose: () => session.dispose(),
      };
    },
    async dispose() {
      const model = await current?.catch(() => undefined);
      await model?.dispose();
    },
  };
}

const unavailable = () =>
  new HttpError(503, 'the process that runs the model ended during this stream; begin it again', {
    code: 'model_unavailable',
  });
