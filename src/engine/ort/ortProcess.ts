import { env, type InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { UserError } from '../../shared/problem.ts';
import { gather } from '../parallel/gather.ts';
import type { Mpi } from '../parallel/mpi.ts';
import { runWithDecoder } from './attentionDecoder.ts';
import { createDeviceHost } from './deviceHost.ts';
import { deviceProviders } from './deviceProviders.ts';
import { type OpenGraphProfile, startGraphProfile } from './graphProfile.ts';
import { describeIo, runModel } from './inferenceHost.ts';
import { ownUsage } from './ownUsage.ts';
import type { DecoderModel, OrtAnswer, OrtCalls, OrtRequest } from './protocol.ts';
import { runReference } from './referenceHost.ts';
import { createSession } from './sessions.ts';
import { createTrainingHost, type TrainingHost } from './trainingHost.ts';
import { tryProvider } from './tryProvider.ts';

/** Process entry: one request after another, answers by number. It ends with the engine that started it. */
let training: TrainingHost | undefined;
let model: OpenedModel | undefined;
let mpi: Mpi | undefined;
let profile: OpenGraphProfile | undefined;

interface OpenedModel {
  encoder: InferenceSession;
  decoder?: { session: InferenceSession; decoding: DecoderModel['decoding'] };
}

type Handlers = { [K in keyof OrtCalls]: (...args: Parameters<OrtCalls[K]>) => Awaitable<ReturnType<OrtCalls[K]>> };
type Awaitable<T> = T | Promise<T>;

const handlers: Handlers = {
  openTraining: (setup) => {
    training =
      setup.device === 'cpu' ? createTrainingHost(setup, mpi) : createDeviceHost(setup, deviceProviders[setup.device]);
  },
  step: (batches, options) => timed(() => opened(training).step(batches, options)),
  steps: (requests) => timed(() => opened(training).steps(requests)),
  evaluate: (batch) => opened(training).evaluate(batch),
  joinRanks: async (size) => {
    // Loaded only where several processes were started together.
    const { openMpi } = await import('../parallel/mpi.ts');
    mpi = openMpi(size, process.env);
    return { rank: mpi.rank, count: mpi.size };
  },
  gather: (own) => gather(opened(mpi), own),
  leaveRanks: () => opened(mpi).finalize(),
  usage: ownUsage,
  snapshot: () => opened(training).snapshot(),
  restore: (snapshot) => opened(training).restore(snapshot),
  startProfile: async (folder) => {
    profile = await startGraphProfile(opened(training), folder);
  },
  endProfile: () => {
    const ending = opened(profile);
    profile = undefined;
    return ending.end();
  },
  openModel: async (bytes, threads, decoder) => {
    await model?.encoder.release();
    await model?.decoder?.session.release();
    model = { encoder: await createSession(bytes, threads) };
    if (decoder) model.decoder = { session: await createSession(decoder.bytes, threads), decoding: decoder.decoding };
    return describeIo(model.encoder);
  },
  infer: (batch) => {
    const { encoder, decoder } = opened(model);
    if (!decoder) return runModel(encoder, batch);
    return runWithDecoder({ encoder, decoder: decoder.session }, batch, decoder.decoding);
  },
  reference: (reference, batch) => runReference(reference, batch),
  providers: () => listSupportedBackends().map(({ name }) => name),
  version: () => env.versions.node ?? env.versions.common,
  tryProvider,
};

function timed<T>(work: () => Promise<T>): Promise<T> {
  return profile ? profile.time(work) : work();
}

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
      answer = { id: request.id, error: { message, stack: stack ?? message, expected: error instanceof UserError } };
    }
    process.send?.(answer);
  });
});
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the engine decides when this process ends.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
