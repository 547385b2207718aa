import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createGpuProbe, type GpuProbe } from './gpuProbe.ts';

let directory: string;
let probe: GpuProbe | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gpus-'));
});
afterEach(() => {
  probe?.dispose();
  rmSync(directory, { recursive: true, force: true });
});

/** A program that notes each question and does what the script says. */
function fake(script: string): GpuProbe {
  const program = join(directory, 'nvidia-smi');
  writeFileSync(program, `#!/bin/sh\nprintf '%s\\n' "$*" >> "${directory}/asked"\n${script}\n`, { mode: 0o755 });
  probe = createGpuProbe(program);
  return probe;
}
const questions = () => readFileSync(join(directory, 'asked'), 'utf8').trim().split('\n');

describe.skipIf(process.platform === 'win32')('createGpuProbe', () => {
  it('asks for its fields and gives the GPUs, also where the program fails for one of them', async () => {
    const answer = await fake("echo '0, NVIDIA L4, 5, 10, 20, 30, 40'; echo 'Unknown Error' >&2; exit 15").ask(0);
    expect(answer).toMatchObject({ gpus: [{ name: 'NVIDIA L4', utilization: 5 }] });
    expect(questions()).toEqual([
      '--query-gpu=index,name,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw --format=csv,noheader,nounits',
    ]);
  });

  it('asks again after a minute when the driver fails', async () => {
    const failing = fake(
      'echo "NVIDIA-SMI has failed because it couldn\'t communicate with the NVIDIA driver."; exit 9',
    );
    const absence = "nvidia-smi: NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.";
    expect(await failing.ask(0)).toEqual({ gpus: [], absence });
    expect(await failing.ask(59_000)).toEqual({ gpus: [], absence });
    expect(questions()).toHaveLength(1);
    await failing.ask(61_000);
    expect(questions()).toHaveLength(2);
  });

  it('never asks again where there is no such program', async () => {
    const absent = createGpuProbe(join(directory, 'nvidia-smi'));
    expect((await absent.ask(0)).absence).toMatch(/not on the path/);
    fake("echo '0, NVIDIA L4, 5, 10, 20, 30, 40'");
    expect((await absent.ask(1e9)).gpus).toEqual([]);
  });

  it('ends a program that does not answer, and asks one question at a time', async () => {
    const hanging = fake('exec sleep 100');
    const [first, second] = await Promise.all([hanging.ask(0), hanging.ask(0)]);
    expect(first).toEqual({ gpus: [], absence: 'nvidia-smi did not answer within 4 s' });
    expect(second).toBe(first);
    expect(questions()).toHaveLength(1);
  }, 30_000);
});
