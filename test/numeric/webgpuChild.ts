import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { createDeviceHost } from '../../src/engine/ort/deviceHost.ts';
import { deviceProviders } from '../../src/engine/ort/deviceProviders.ts';
import { type OpenGraphProfile, startGraphProfile } from '../../src/engine/ort/graphProfile.ts';
import { toTensor } from '../../src/engine/ort/sessions.ts';
import { createTrainingHost } from '../../src/engine/ort/trainingHost.ts';
import { createStepProfiler } from '../../src/engine/profile/stepProfiler.ts';
import { buildDeviceGraph } from '../../src/nn/device/deviceGraphs.ts';
import { type DeviceStepConfig, stepState } from '../../src/nn/device/deviceStep.ts';
import { layoutParameters } from '../../src/nn/models/index.ts';
import type { ProfileSummary } from '../../src/shared/run/profileSummary.ts';
import type { Snapshot } from '../../src/training/executor.ts';
import { deviceBatch, deviceSetup } from './deviceCases.ts';

// Runs in a process of its own, which a provider may end: steps on WebGPU beside the same steps on the CPU.
//   node test/numeric/webgpuChild.ts '<model keys as JSON>' → one line of JSON
export interface WebgpuReport {
  losses: { webgpu: number; cpu: number }[];
  /** Largest difference between the parameters after the steps. */
  parameterDifference: number;
  /** Kept on the device between the steps. */
  location: string;
  /** Nodes that ran on the CPU. */
  onCpu: string[];
  onGpu: number;
  /** The provider's answer when asked for state it took from a snapshot. */
  restored: boolean;
  /** A profiled step: operators whose time the GPU told, and those that the CPU ran. */
  profile: { gpuOperators: string[]; cpuLayers: string[]; weightsAlike: boolean; wallMs: number; nodesMs: number };
}

const setup = deviceSetup({ model: JSON.parse(process.argv[2]!), training: { emaDecay: 0.5 } }, 'webgpu');
const config: DeviceStepConfig = {
  spec: setup.spec,
  layout: layoutParameters(setup.spec),
  loss: setup.loss,
  optimizer: setup.optimizer,
  precision: setup.precision,
  accumulates: false,
  averages: true,
};
const options = (step: number) => ({ learningRate: 0.01, seed: 1, step });

const places = await placesOfNodes();
const host = createDeviceHost(setup, deviceProviders.webgpu);
const cpu = createTrainingHost({ ...setup, device: 'cpu' });
const losses: WebgpuReport['losses'] = [];
for (let step = 0; step < 3; step++) {
  const batches = [deviceBatch(`s${step}`)];
  const onGpu = await host.step(batches, options(step));
  losses.push({ webgpu: onGpu.loss, cpu: (await cpu.step(batches, options(step))).loss });
}
const end = await host.snapshot();
const report: WebgpuReport = {
  losses,
  parameterDifference: largestDifference(end.parameters, cpu.snapshot().parameters),
  ...places,
  restored: await goesOnAlike(end),
  profile: await profiledStep(),
};
console.log(JSON.stringify(report));

/** One profiled run: which provider had which node, and where the state was left. */
async function placesOfNodes() {
  const { rows, frames, maxTokens } = deviceBatch('s0').shape;
  const graph = buildDeviceGraph(config, { batch: rows, frames, maxTokens });
  const folder = mkdtempSync(join(tmpdir(), 'asr-webgpu-'));
  try {
    const kept = Object.values(graph.stateOutputs);
    const session = await InferenceSession.create(graph.bytes, {
      ...deviceProviders.webgpu.options(1, kept, graph.hostNodes),
      enableProfiling: true,
      profileFilePrefix: join(folder, 'profile'),
    });
    const given = graph.feeds([{ batch: deviceBatch('s0'), options: { ...options(0), share: 1, last: true } }], 0);
    for (const { name, size } of stepState(config).vectors)
      given[name] = { data: new Float32Array(size).fill(0.1), shape: [size], dtype: 'float32' };
    const feeds = Object.fromEntries(Object.entries(given).map(([name, feed]) => [name, toTensor(feed)]));
    const results = await session.run(feeds);
    session.endProfiling();
    const events: { cat: string; name: string; args?: { provider?: string } }[] = JSON.parse(
      readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8'),
    );
    const names = (provider: string) =>
      new Set(
        events
          .filter(({ cat, args }) => cat === 'Node' && args?.provider === provider)
          .map(({ name }) => name.replace(/_(kernel_time|fence_before|fence_after)$/, '')),
      );
    return {
      location: results[kept[0]!]!.location,
      onCpu: [...names('CPUExecutionProvider')],
      onGpu: names('WebGpuExecutionProvider').size,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether a step from a restored snapshot gives what going on gives. */
async function goesOnAlike(snapshot: Snapshot): Promise<boolean> {
  const batches = [deviceBatch('s3')];
  const first = await host.step(batches, options(3));
  await host.restore(snapshot);
  const again = await host.step(batches, options(3));
  return first.loss === again.loss && first.gradientNorm === again.gradientNorm;
}

/** A step in profiled sessions, from where the same step was made without. */
async function profiledStep(): Promise<WebgpuReport['profile']> {
  const before = await host.snapshot();
  const batches = [deviceBatch('s4')];
  await host.step(batches, options(4));
  const plain = await host.snapshot();
  await host.restore(before);
  const run = mkdtempSync(join(tmpdir(), 'asr-webgpu-'));
  try {
    let open: OpenGraphProfile | undefined;
    const profiler = createStepProfiler({
      runDirectory: run,
      device: 'webgpu',
      executor: {
        async startProfile(folder) {
          open = await startGraphProfile(host, folder);
        },
        endProfile: () => open!.end(),
      },
      pool: { observe: () => undefined },
      isAsked: () => false,
      range: { first: 5, last: 5 },
      emit: () => undefined,
      report: ({ message }) => {
        throw new Error(message);
      },
    });
    await profiler.stepBegins(5);
    await open!.time(() => host.step(batches, options(4)));
    await profiler.stepsEnded(5);
    await profiler.finish();
    const { nodes, wallMs, nodesMs }: ProfileSummary = JSON.parse(
      readFileSync(join(run, 'profiles/step-5/summary.json'), 'utf8'),
    );
    const onGpu = nodes.filter(({ provider, totalMs }) => provider === 'WebGpuExecutionProvider' && totalMs > 0);
    const onCpu = nodes.filter(({ provider }) => provider === 'CPUExecutionProvider');
    const { parameters } = await host.snapshot();
    return {
      gpuOperators: [...new Set(onGpu.map(({ operator }) => operator))],
      cpuLayers: [...new Set(onCpu.map(({ layer }) => layer))],
      weightsAlike: largestDifference(parameters, plain.parameters) === 0,
      ...{ wallMs, nodesMs },
    };
  } finally {
    rmSync(run, { recursive: true, force: true });
  }
}

function largestDifference(a: Float32Array, b: Float32Array): number {
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);
}
