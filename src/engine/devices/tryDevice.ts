import { createGraph } from '../../graph/graph.ts';
import { writeOnnx } from '../../graph/onnx/writeOnnx.ts';
import { add, cast } from '../../graph/ops/index.ts';
import type { Precision } from '../../nn/mixedPrecision.ts';
import { type OrtClient, startOrtClient } from '../ortClient.ts';

export type TriedDevice =
  | { works: true /** The only driver draws on the CPU. */; software: boolean }
  | { works: false; reason: string; remedy: string };

/** Runs a node or two on the device alone, in a process of its own: a provider that is not usable may end it. */
export async function tryDevice(name: string, precision: Precision = 'fp32'): Promise<TriedDevice> {
  const client = startOrtClient();
  try {
    return { works: true, software: isSoftware(await probeWith(client, name, precision)) };
  } catch (error) {
    return { works: false, ...explain(name, error instanceof Error ? error.message : String(error)) };
  } finally {
    await client.dispose();
  }
}

function probeWith(client: OrtClient, name: string, precision: Precision): Promise<string[]> {
  const input = createGraph().input('input', [2]);
  const sum = precision === 'fp16' ? cast(add(cast(input, 'float16'), 1), 'float32') : add(input, input);
  return client.call('tryProvider', name, writeOnnx({ outputs: { sum } }));
}

/** Vulkan drivers that compute on the CPU, and Direct3D's. */
const softwareDrivers = /libvk_swiftshader|libvulkan_lvp|d3d10warp/i;
/** What stands for a GPU's own driver among the libraries of a process. */
const hardwareDrivers = /libGLX_nvidia|libnvidia|libvulkan_(?!lvp)|nvoglv|amdvlk|igvk|Metal/i;

/** Both kinds may be loaded on a machine with a GPU; a GPU is then what WebGPU takes. */
const isSoftware = (libraries: readonly string[]) =>
  libraries.some((name) => softwareDrivers.test(name)) && !libraries.some((name) => hardwareDrivers.test(name));

function explain(name: string, message: string): { reason: string; remedy: string } {
  if (name === 'cuda') return explainCuda(message);
  if (/adapter/i.test(message))
    return {
      reason: 'WebGPU has no adapter here',
      remedy:
        process.platform === 'linux'
          ? 'it needs a GPU with a Vulkan driver: install libvulkan1 and the driver of the GPU, and name its file in VK_DRIVER_FILES where it is not found'
          : 'it needs a GPU with a current driver',
    };
  if (/f16|ShaderModule|shader_helper/i.test(message))
    return {
      reason: 'this adapter of WebGPU has no float16 (shader-f16)',
      remedy: 'set training.precision to fp32',
    };
  return {
    reason: `WebGPU does not run: ${firstLine(message)}`,
    remedy: 'onnxruntime has it for Linux x64, Windows and macOS',
  };
}

function explainCuda(message: string): { reason: string; remedy: string } {
  const files = 'libonnxruntime_providers_cuda.so and libonnxruntime_providers_shared.so';
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return { reason: 'onnxruntime has CUDA for Linux x64 only', remedy: 'use webgpu here' };
  if (/load shared library|cannot open shared object|not available|backend not found/i.test(message))
    return {
      reason: 'onnxruntime’s CUDA provider is not installed or finds no CUDA',
      remedy:
        `it is too large for npm: "npm install onnxruntime-node@1.30.0 --onnxruntime-node-install=cuda12" downloads ${files} ` +
        'from NuGet into node_modules/onnxruntime-node/bin; it also needs CUDA 12 and cuDNN 9 where the linker finds them',
    };
  return { reason: `CUDA does not run: ${firstLine(message)}`, remedy: 'it needs CUDA 12, cuDNN 9 and their driver' };
}

const firstLine = (text: string) => text.split('\n')[0]!;
