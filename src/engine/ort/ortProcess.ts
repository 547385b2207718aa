import { type InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { createDeviceHost } from './deviceHost.ts';
import { deviceProviders } from './deviceProviders.ts';
import { describeIo, runModel } from './inferenceHost.ts';
import type { OrtAnswer, OrtCalls, OrtRequest } from './protocol.ts';
import { runReference } from './referenceHost.ts';
import { createSession } from './sessions.ts';
import { createTrainingHost, type TrainingHost } from './trainingHost.ts';
import { tryProvider } from './tryProvider.ts';

/** Process entry: one request after another, answers by number. It ends with the engine that started it. */
let training: TrainingHost | undefined;
let model: InferenceSession | undefined;

type Handlers = { [K in keyof OrtCalls]: (...args: Parameters<OrtCalls[K]>) => Awaitable<ReturnType<OrtCalls[K]>> };
type Awaitable<T> = T | Promise<T>;

const handlers: Handlers = {
  openTraining: (setup) => {
    training =
      setup.device === 'cpu' ? createTrainingHost(setup) : createDeviceHost(setup, deviceProviders[setup.device]);
  },
  step: (batches, options) => opened(training).step(batches, options),
  steps: (requests) => opened(training).steps(requests),
  evaluate: (batch) => opened(training).evaluate(batch),
  snapshot: () => opened(training).snapshot(),
  restore: (snapshot) => opened(training).restore(snapshot),
  openModel: async (bytes, threads) => {
    await model?.release();
    model = await createSession(bytes, threads);
    return describeIo(model);
  },
  infer: (batch) => runModel(opened(model), batch),
  reference: (reference, batch) => runReference(reference, batch),
  providers: () => listSupportedBackends().map(({ name }) => name),
  tryProvider,
};

function opened<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('nothing is open');
  return value;
}

let previous: Promise<void> = Promise.resolve();
process.on('message', (request: OrtRequest) => {
  previous = previous.then(async () => {
    let answer: OrtAnswer;
    try {
      const handler = handlers[request.call] as (...args: readonly unknown[]) => unknown;
      answer = { id: request.id, result: await handler(...request.args) };
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      answer = { id: request.id, error: { message, stack: stack ?? message } };
    }
    process.send?.(answer);
  });
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the engine decides when this process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
