import type { InferenceSession } from 'onnxruntime-node';
import { batchesPerRun, type DeviceName } from './protocol.ts';
import { sessionOptions } from './sessions.ts';

export interface DeviceProvider {
  /** Whether outputs can stay on the device and be fed back; otherwise they come to the host after every run. */
  keepsState: boolean;
  /** Batches given to one run: more than one where state would cross with every run. */
  batchesPerRun: number;
  /** Options of a session whose outputs `kept` stay on the device and whose nodes `hostNodes` the CPU gets. */
  options(threads: number, kept: readonly string[], hostNodes: readonly string[]): InferenceSession.SessionOptions;
}

/** The execution providers that train with the update in the graph; the CPU is here for comparison. */
export const deviceProviders: Readonly<Record<DeviceName, DeviceProvider>> = {
  cpu: { keepsState: false, batchesPerRun: batchesPerRun.cpu, options: (threads) => sessionOptions(threads) },
  webgpu: {
    keepsState: true,
    batchesPerRun: batchesPerRun.webgpu,
    options(threads, kept, hostNodes) {
      // Locations are matched with outputs by position: every output has one, and every output is fetched.
      const location = Object.fromEntries(kept.map((name) => [name, 'gpu-buffer' as const]));
      return {
        ...sessionOptions(threads),
        executionProviders: [{ name: 'webgpu', ...(hostNodes.length > 0 ? { forceCpuNodeNames: hostNodes } : {}) }],
        ...(kept.length > 0 ? { preferredOutputLocation: location } : {}),
      };
    },
  },
  cuda: {
    keepsState: false,
    batchesPerRun: batchesPerRun.cuda,
    options: (threads) => ({ ...sessionOptions(threads), executionProviders: [{ name: 'cuda', deviceId: 0 }] }),
  },
};
