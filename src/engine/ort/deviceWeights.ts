import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createGraph } from '../../graph/graph.ts';
import { writeOnnx } from '../../graph/onnx/writeOnnx.ts';
import { identity } from '../../graph/ops/index.ts';
import { buffersName, stateInputs } from '../../nn/device/deviceState.ts';
import {
  averageBuffers,
  averageSlot,
  buffersBefore,
  type DeviceStepConfig,
  goodStepsName,
  lossScaleName,
  stepState,
} from '../../nn/device/deviceStep.ts';
import { slotNames } from '../../nn/optimizers/updateGraph.ts';
import type { Snapshot } from '../../training/executor.ts';
import type { DeviceProvider } from './deviceProviders.ts';
import type { TrainingSetup } from './protocol.ts';

/** The state vectors between two runs, wherever they lie. */
export interface DeviceWeights {
  readonly updates: number;
  tensors(): Record<string, Tensor>;
  /** The vectors after a run that made so many updates; those before it are given up. */
  take(vectors: Record<string, Tensor>, updates: number): void;
  snapshot(): Promise<Snapshot>;
  restore(snapshot: Snapshot): void;
}

export function createDeviceWeights(
  config: DeviceStepConfig,
  { threads }: Pick<TrainingSetup, 'threads'>,
  provider: DeviceProvider,
  initial: Snapshot,
): DeviceWeights {
  const described = stepState(config);
  const slots = slotNames(config.optimizer);
  let updates = initial.updates;
  let averageStarted = initial.average !== undefined;
  let tensors: Record<string, Tensor> = {};
  const replace = (next: Record<string, Tensor>) => {
    for (const [name, tensor] of Object.entries(tensors))
      if (tensor.location === 'gpu-buffer' && next[name] !== tensor) tensor.dispose();
    tensors = next;
  };
  const restore = (snapshot: Snapshot) => {
    const vectors = packed(config, snapshot);
    replace(
      Object.fromEntries(Object.entries(vectors).map(([n, data]) => [n, new Tensor('float32', data, [data.length])])),
    );
    updates = snapshot.updates;
    averageStarted = snapshot.average !== undefined;
  };
  const fetch = createFetch(config, provider, threads);
  restore(initial);
  return {
    get updates() {
      return updates;
    },
    tensors: () => tensors,
    take(next, made) {
      replace(next);
      updates += made;
      averageStarted ||= made > 0;
    },
    async snapshot() {
      const vectors = await fetch(tensors);
      const empty = new Float32Array(0);
      return {
        parameters: described.unpack('parameters', vectors),
        buffers: vectors[buffersName] ?? empty,
        slots: Object.fromEntries(slots.map((slot) => [slot, described.unpack(slot, vectors)])),
        ...(config.averages && averageStarted
          ? {
              average: {
                parameters: described.unpack(averageSlot, vectors),
                buffers: vectors[averageBuffers] ?? empty,
              },
            }
          : {}),
        updates,
        ...(config.precision === 'fp16'
          ? { lossScale: { scale: vectors[lossScaleName]![0]!, goodSteps: vectors[goodStepsName]![0]! } }
          : {}),
      };
    },
    restore,
  };
}

/** Every vector of the state from a snapshot; what it does not have starts at zero. */
function packed(config: DeviceStepConfig, snapshot: Snapshot): Record<string, Float32Array> {
  const described = stepState(config);
  const vectors: Record<string, Float32Array> = {
    ...described.pack('parameters', snapshot.parameters),
    ...Object.assign({}, ...Object.entries(snapshot.slots).map(([slot, flat]) => described.pack(slot, flat))),
    ...(config.averages && snapshot.average ? described.pack(averageSlot, snapshot.average.parameters) : {}),
    [buffersName]: snapshot.buffers.slice(),
    [buffersBefore]: snapshot.buffers.slice(),
    ...(snapshot.lossScale
      ? {
          [lossScaleName]: Float32Array.of(snapshot.lossScale.scale),
          [goodStepsName]: Float32Array.of(snapshot.lossScale.goodSteps),
        }
      : {}),
    ...(snapshot.average ? { [averageBuffers]: snapshot.average.buffers.slice() } : {}),
  };
  return Object.fromEntries(
    described.vectors.map(({ name, size }) => [name, vectors[name] ?? new Float32Array(size)] as const),
  );
}

/** Content of the vectors; those on the device come through a session, since to ask a tensor there ends the process. */
function createFetch(config: DeviceStepConfig, provider: DeviceProvider, threads: number) {
  let session: Promise<InferenceSession> | undefined;
  return async (tensors: Record<string, Tensor>): Promise<Record<string, Float32Array>> => {
    const contents = (of: Readonly<Record<string, Tensor>>, prefix: string) =>
      Object.fromEntries(Object.keys(tensors).map((name) => [name, (of[prefix + name]!.data as Float32Array).slice()]));
    if (Object.values(tensors).every(({ location }) => location === 'cpu')) return contents(tensors, '');
    session ??= InferenceSession.create(copyGraph(config), provider.options(threads, [], []));
    return contents(await (await session).run(tensors), copyPrefix);
  };
}

const copyPrefix = 'copy.';

function copyGraph(config: DeviceStepConfig): Uint8Array {
  const inputs = stateInputs(createGraph(), stepState(config).vectors);
  const outputs = Object.entries(inputs).map(([name, value]) => [`${copyPrefix}${name}`, identity(value)]);
  return writeOnnx({ outputs: Object.fromEntries(outputs) });
}
