import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { tryDevice } from '../../src/engine/devices/tryDevice.ts';
import { smallConformer, smallCrnn } from './deviceCases.ts';
import { softwareVulkan } from './softwareVulkan.ts';
import type { WebgpuReport } from './webgpuChild.ts';

// On SwiftShader, a Vulkan device in software: compiling the shaders of a step takes most of the time.
const timeoutMs = 600_000;

async function trainOnWebgpu(model: unknown): Promise<WebgpuReport> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'webgpuChild.ts'), JSON.stringify(model)], {
    env: { ...process.env, ...softwareVulkan() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes.toString();
  });
  child.stderr.on('data', (bytes: Buffer) => {
    errors += bytes.toString();
  });
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve));
  if (code !== 0) throw new Error(`the process ended with ${code}:\n${errors}`);
  return JSON.parse(output);
}

/** Other nodes than the loss, by the layer that made them. */
const besideLoss = ({ onCpu }: WebgpuReport) => onCpu.filter((name) => !/^(fused )?(backward\/)?loss\//.test(name));

function expectSameTraining({ losses, parameterDifference, restored, location }: WebgpuReport): void {
  for (const { webgpu, cpu } of losses) expect(Math.abs(webgpu / cpu - 1)).toBeLessThan(1e-4);
  expect(losses[2]!.cpu).not.toBeCloseTo(losses[0]!.cpu, 2);
  // AdamW's first steps are ±learning rate wherever the gradient is more than noise: 0.03 in three steps.
  expect(parameterDifference).toBeLessThan(1e-3);
  expect(restored).toBe(true);
  expect(location).toBe('gpu-buffer');
}

it('trains a conformer on WebGPU as on the CPU, with no node on the CPU other than the loss', {
  timeout: timeoutMs,
}, async () => {
  const report = await trainOnWebgpu(smallConformer);
  expectSameTraining(report);
  expect(besideLoss(report)).toEqual([]);
  expect(report.onCpu).toContain('loss/Scan');
  expect(report.onGpu).toBeGreaterThan(300);
  const { gpuOperators, cpuLayers, weightsAlike, wallMs, nodesMs } = report.profile;
  expect(gpuOperators).toEqual(expect.arrayContaining(['Conv', 'MatMul', 'Softmax']));
  expect(gpuOperators).not.toContain('MemcpyToHost');
  expect(cpuLayers).toEqual(['loss']);
  expect(weightsAlike).toBe(true);
  expect(nodesMs > 0 && nodesMs < wallMs).toBe(true);
});

it('says that float16 is missing where the adapter lacks it', { timeout: timeoutMs }, async () => {
  const before = { ...process.env };
  Object.assign(process.env, softwareVulkan());
  try {
    const plain = await tryDevice('webgpu');
    expect(plain).toEqual({ works: true, software: true });
    const half = await tryDevice('webgpu', 'fp16');
    expect(half).toMatchObject({ works: false, reason: 'this adapter of WebGPU has no float16 (shader-f16)' });
  } finally {
    process.env = before;
  }
});

it('trains a crnn on WebGPU as on the CPU, with its recurrences alone on the CPU', { timeout: timeoutMs }, async () => {
  const report = await trainOnWebgpu(smallCrnn);
  expectSameTraining(report);
  const layers = new Set(besideLoss(report).map((name) => /^(backward\/)?([^/]+)/.exec(name)![2]));
  expect([...layers]).toEqual(['rnn.0']);
  // With its body, whose nodes would otherwise copy in every frame.
  expect(besideLoss(report)).toEqual(expect.arrayContaining(['rnn.0/Scan', 'rnn.0/Sigmoid', 'backward/rnn.0/MatMul']));
});
