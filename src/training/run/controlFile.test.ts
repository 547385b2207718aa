import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { renderControl } from '../../shared/run/control.ts';
import { watchControl } from './controlFile.ts';

let directory: string;
let control: ReturnType<typeof watchControl>;
const file = () => join(directory, 'control.json');
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'control-'));
});
afterEach(() => {
  control.dispose();
  rmSync(directory, { recursive: true, force: true });
});
const ask = async (text: string) => {
  writeFileSync(file(), text);
  await vi.waitFor(() => expect(existsSync(file())).toBe(false), { timeout: 5000 });
};

it('obeys requests once and removes them', async () => {
  control = watchControl(directory);
  await ask(renderControl('checkpoint'));
  expect([control.takeCheckpointRequest(), control.takeCheckpointRequest()]).toEqual([true, false]);
  await ask(renderControl('stop'));
  expect(control.stopRequested).toBe(true);
});

it('pauses until it may go on, or shall stop', async () => {
  control = watchControl(directory);
  for (const wake of ['continue', 'stop'] as const) {
    await ask(renderControl('pause'));
    expect(control.paused).toBe(true);
    let over = false;
    const pause = control.whilePaused().then(() => {
      over = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(over).toBe(false);
    await ask(renderControl(wake));
    await pause;
  }
});

it('drops a request from before the start and waits for a half-written one', async () => {
  writeFileSync(file(), renderControl('stop'));
  control = watchControl(directory);
  expect(existsSync(file())).toBe(false);
  writeFileSync(file(), '{"requ');
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect([control.stopRequested, existsSync(file())]).toEqual([false, true]);
  await ask(renderControl('stop'));
  expect(control.stopRequested).toBe(true);
});
