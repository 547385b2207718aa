import { UserError } from '../problem.ts';
import { type Check, isBoolean, isInteger, isString, object } from './check.ts';

/** One end of a wire that carries structured clones, in order: a webview, a worker, a message port. */
export interface Port {
  send(message: unknown): unknown;
  /** Returns what ends the subscription. */
  listen(listener: (message: unknown) => void): () => void;
}

// Methods are matched by shape, so that an `interface` can be a contract without an index signature.
type Method = (...parameters: never[]) => unknown;
type MethodsOf<T> = { [K in keyof T]: T[K] extends Method ? T[K] : never };

/** The far end: each method of its interface, answered by a promise. */
export type Remote<Far> = {
  [K in keyof Far]: Far[K] extends (...parameters: infer P) => infer R
    ? (...parameters: P) => Promise<Awaited<R>>
    : never;
};
/** One check of the parameters per method: a message that fails it never reaches the handler. */
export type ParameterChecks<Local> = {
  [K in keyof Local]: Local[K] extends (...parameters: infer P) => unknown ? Check<P> : never;
};
/** Checks of what the far end answers; needed where its answers are not trusted. */
export type AnswerChecks<Far> = {
  [K in keyof Far]?: Far[K] extends (...parameters: never[]) => infer R ? Check<Awaited<R>> : never;
};

export interface Channel<Far> {
  remote: Remote<Far>;
  /** Rejects everything that still waits for an answer. */
  dispose(): void;
}

const isCall = object({ call: isInteger, method: isString, parameters: Array.isArray as Check<unknown[]> });
const isAnswer = object({ answer: isInteger });
const isFailure = object({ message: isString, expected: isBoolean });

/**
 * Connects two programs over a port, typed both ways: `local` is called by the far end, `remote` calls it.
 * A handler that throws rejects its caller (a `UserError` arrives as one). Messages that are not of the protocol are ignored.
 */
export function connect<Local, Far>(
  port: Port,
  local: MethodsOf<Local>,
  checks: ParameterChecks<Local>,
  answers: AnswerChecks<Far> = {},
): Channel<Far> {
  const pending = new Map<number, { method: string; resolve(value: unknown): void; reject(error: Error): void }>();
  let closed = false;
  let nextCall = 1;

  const answerCall = async (call: number, method: string, parameters: unknown[]): Promise<void> => {
    try {
      // Own keys only: a method named `constructor` must not be found.
      if (!Object.hasOwn(checks as object, method)) throw new Error(`no method ${method}`);
      const key = method as keyof Local;
      if (!(checks[key] as Check<unknown[]>)(parameters)) throw new Error(`bad parameters for ${method}`);
      const value = await (local[key] as (...parameters: unknown[]) => unknown).apply(local, parameters);
      if (!closed) await port.send({ answer: call, value });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      if (!closed) await port.send({ answer: call, failure: { message, expected: error instanceof UserError } });
    }
  };

  const takeAnswer = (answer: number, message: object): void => {
    const waiting = pending.get(answer);
    if (!waiting) return;
    pending.delete(answer);
    const { failure, value } = message as { failure?: unknown; value?: unknown };
    const check = answers[waiting.method as keyof Far] as Check<unknown> | undefined;
    if (isFailure(failure))
      waiting.reject(failure.expected ? new UserError(failure.message) : new Error(failure.message));
    else if (check && !check(value)) waiting.reject(new Error(`bad answer to ${waiting.method}`));
    else waiting.resolve(value);
  };

  const stop = port.listen((message) => {
    if (closed) return;
    if (isCall(message)) void answerCall(message.call, message.method, message.parameters).catch(() => {});
    else if (isAnswer(message)) takeAnswer(message.answer, message);
  });

  const callFar = (method: string, parameters: unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(new Error('the channel is closed'));
      const call = nextCall++;
      pending.set(call, { method, resolve, reject });
      const fail = (error: unknown) => {
        pending.delete(call);
        reject(error instanceof Error ? error : new Error(String(error)));
      };
      try {
        Promise.resolve(port.send({ call, method, parameters })).catch(fail);
      } catch (error) {
        fail(error);
      }
    });

  const remote = new Proxy(Object.create(null) as Remote<Far>, {
    // A promise asks for `then`; a channel is not one.
    get: (_, method) =>
      typeof method === 'string' && method !== 'then'
        ? (...parameters: unknown[]) => callFar(method, parameters)
        : undefined,
  });
  return {
    remote,
    dispose() {
      if (closed) return;
      closed = true;
      stop();
      for (const { reject } of pending.values()) reject(new Error('the channel was closed'));
      pending.clear();
    },
  };
}
