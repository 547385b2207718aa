import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { createOrtExecutor, type OrtExecutor } from '../../src/engine/ortExecutor.ts';
import { createStepProfiler } from '../../src/engine/profile/stepProfiler.ts';
import { parseProfileSummary } from '../../src/shared/run/profileSummary.ts';
import type { LoopEvent } from '../../src/training/loopTools.ts';
import { deviceBatch, deviceSetup, smallConformer, smallCrnn } from './deviceCases.ts';

// Larger than the smallest, so that the layers are what takes the time.
const crnn = { ...smallCrnn, blocks: [{ channels: 16, pool: [2, 2] }], attention: { enabled: true } };
const conformer = { ...smallConformer, conformer: { ...smallConformer.conformer, dimension: 32, layers: 2 } };
const models = {
  CRNN: { model: crnn, loss: { ctcWeight: 0.5 } },
  'CRNN in float16': { model: smallCrnn, training: { precision: 'fp16' } },
  conformer: { model: conformer },
};

const folder = mkdtempSync(join(tmpdir(), 'asr-profiler-'));
const executors: OrtExecutor[] = [];
afterAll(async () => {
  for (const executor of executors) await executor.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function open(overrides: Record<string, unknown>) {
  const executor = await createOrtExecutor(deviceSetup(overrides));
  executors.push(executor);
  return { executor, initial: await executor.snapshot() };
}

/** Five steps of two shapes; with a run directory the third and the fourth are profiled, and the fifth when asked. */
async function train({ executor: opened, initial }: Awaited<ReturnType<typeof open>>, runDirectory?: string) {
  await opened.restore(initial);
  const events: LoopEvent[] = [];
  const problems: string[] = [];
  let asked = false;
  const profiler = createStepProfiler({
    runDirectory: runDirectory ?? folder,
    device: 'cpu',
    executor: opened,
    pool: { observe: () => undefined },
    isAsked: () => {
      const taken = asked;
      asked = false;
      return taken;
    },
    range: runDirectory === undefined ? undefined : { first: 3, last: 4 },
    emit: (event) => events.push(event),
    report: ({ message }) => problems.push(message),
  });
  const executor = profiler.watch(opened);
  for (let step = 1; step <= 5; step++) {
    await profiler.stepBegins(step);
    const batches = [deviceBatch(`s${step}`, 3, step % 2 === 0 ? 32 : 48)];
    await executor.step(batches, { learningRate: 0.01, seed: 1, step });
    await profiler.stepsEnded(step);
    if (runDirectory !== undefined && step === 4) asked = true;
  }
  await profiler.finish();
  return { snapshot: await executor.snapshot(), events, problems };
}

it.each(Object.entries(models))(
  'says for nearly all of the time of a %s which layer and phase it was, and changes no weight',
  async (name, overrides) => {
    const run = mkdtempSync(join(folder, 'run-'));
    const opened = await open(overrides);
    const profiled = await train(opened, run);
    expect(profiled.problems).toEqual([]);
    expect(profiled.snapshot).toEqual((await train(opened)).snapshot);
    expect(profiled.snapshot).not.toEqual(opened.initial);
    expect(profiled.events).toMatchObject([
      { kind: 'profiled', path: 'profiles/step-3', steps: 2 },
      { kind: 'profiled', path: 'profiles/step-5', steps: 1 },
    ]);
    expect(readdirSync(join(run, 'profiles')).sort()).toEqual(['step-3', 'step-5']);
    const directory = join(run, 'profiles/step-3');
    const summary = parseProfileSummary(readFileSync(join(directory, 'summary.json'), 'utf8'))!;
    expect(summary).toMatchObject({ firstStep: 3, steps: 2, shapes: ['3×48×4', '3×32×4'], offDeviceMs: 0 });
    const shareOf = (rows: typeof summary.byLayer, unknown: string) =>
      1 - (rows.find((row) => row.name === unknown)?.totalMs ?? 0) / summary.nodesMs;
    expect(shareOf(summary.byLayer, '(none)')).toBeGreaterThan(0.95);
    expect(shareOf(summary.byPhase, 'other')).toBeGreaterThan(0.95);
    const layer = name === 'conformer' ? 'layers.1/attention' : 'rnn.0';
    expect(summary.byLayer.map((row) => row.name)).toEqual(expect.arrayContaining([layer, 'loss', 'output']));
    for (const phase of ['forward', 'loss', 'backward'])
      expect(summary.byPhase.find((row) => row.name === phase)!.totalMs).toBeGreaterThan(0);
    const graphMs = summary.parts.find((part) => part.name === 'graph')!.totalMs;
    expect(summary.nodesMs).toBeLessThanOrEqual(graphMs);
    expect(summary.nodesMs).toBeGreaterThan(0.3 * graphMs);
    for (const process of ['engine', 'graph']) {
      const { nodes, samples } = JSON.parse(readFileSync(join(directory, `${process}.cpuprofile`), 'utf8'));
      expect(samples.length).toBeGreaterThan(0);
      expect(nodes[0].callFrame.functionName).toBe('(root)');
    }
    const { traceEvents } = JSON.parse(readFileSync(join(directory, 'trace.json'), 'utf8'));
    expect(traceEvents.filter((event: { ph: string }) => event.ph === 'X').length).toBeGreaterThan(
      summary.nodes.length,
    );
  },
  180_000,
);

it('trains on where a profile cannot be kept', async () => {
  const run = mkdtempSync(join(folder, 'run-'));
  writeFileSync(join(run, 'profiles'), 'not a folder');
  const opened = await open({ model: smallCrnn });
  const { snapshot, events, problems } = await train(opened, run);
  expect(problems).toHaveLength(2);
  expect(problems[0]).toMatch(/^the steps were not profiled: /);
  expect(events).toEqual([]);
  expect(snapshot).toEqual((await train(opened)).snapshot);
});
