import { appendFileSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { renderDigest } from '../src/shared/run/digest.ts';
import type { EngineEvent } from '../src/shared/run/events.ts';
import { type RunRecord, runFiles } from '../src/shared/run/layout.ts';
import { createRunModel, reduceAll } from '../src/shared/run/runModel.ts';
import { madeStep } from '../test/ui/support/madeRuns.ts';
import { residentBytes } from '../test/ui/support/memory.ts';
import { findWebview, launchBrowser, openFolder, runFromPalette } from '../test/vscode/harness/browser.ts';
import { startServer } from '../test/vscode/harness/server.ts';

// Opens the profiler panel on a finished run of a million steps, in code-server and Chromium. Prints how long it took
// from the command until its curves were painted, how large the model is, and by how much the browser's pages grew.
// `npm run build` first. STEPS changes the run.
const steps = Number(process.env.STEPS ?? 1_000_000);
const bars = { paintedMs: 1000, pageBytes: 150e6 };
const root = join(import.meta.dirname, '..');
const stepsPerEpoch = 1000;

const folder = mkdtempSync(join(tmpdir(), 'asr-panel-'));
try {
  const { eventBytes, modelBytes } = writeRun(join(folder, 'runs/long-20260131T142501Z'));
  console.log(
    `a run of ${steps} steps: ${(eventBytes / 1e6).toFixed(0)} MB of events, a model of ${(modelBytes / 1e6).toFixed(2)} MB`,
  );
  const found = await measure();
  console.log(
    `painted ${found.paintedMs.toFixed(0)} ms after the command, browser +${(found.pageBytes / 1e6).toFixed(0)} MB`,
  );
  const over = (Object.keys(bars) as (keyof typeof bars)[]).filter((key) => found[key] > bars[key]);
  console.log(over.length ? `over the bar: ${over.join(', ')}` : 'all within the bars');
  process.exitCode = over.length > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true });
}

/** Events and the digest that a reader begins with, in blocks, since a million events do not fit into one text. */
function writeRun(directory: string): { eventBytes: number; modelBytes: number } {
  mkdirSync(directory, { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(directory, file), text);
  const record: RunRecord = {
    ...{ version: 1, engine: '0.1.0', name: 'long', configFile: join(folder, 'long.asr.yaml'), command: ['train'] },
    ...{ pid: 1, host: hostname(), createdMs: Date.UTC(2026, 0, 31, 14, 25, 1) },
  };
  write(runFiles.record, JSON.stringify(record));
  // A window with an experiment in its folder looks for runs at once.
  writeFileSync(record.configFile, 'version: 1\n');
  const events = join(directory, runFiles.events);
  const timeMs = record.createdMs;
  let model = createRunModel();
  const append = (block: EngineEvent[]) => {
    appendFileSync(events, block.map((event) => `${JSON.stringify(event)}\n`).join(''));
    model = reduceAll(model, block);
  };
  append([
    {
      ...{ kind: 'started', step: 0, timeMs, epochs: steps / stepsPerEpoch, totalSteps: steps, parameters: 1e6 },
      ...{ device: 'cpu', threads: 2, trainUtterances: 8000, trainSec: 4e4, devUtterances: 40, skippedUtterances: 0 },
    },
  ]);
  for (let epoch = 0; epoch * stepsPerEpoch < steps; epoch++) append(eventsOf(epoch));
  append([{ kind: 'finished', step: steps, timeMs: timeMs + steps * 500, reason: 'done', durationMs: steps * 500 }]);
  const { size } = statSync(events);
  const digest = renderDigest(size, model);
  write(runFiles.digest, digest);
  return { eventBytes: size, modelBytes: digest.length };
}

function eventsOf(epoch: number): EngineEvent[] {
  const last = (epoch + 1) * stepsPerEpoch;
  const { timeMs } = madeStep(last);
  const at = { step: last, timeMs, epoch };
  return [
    ...Array.from({ length: stepsPerEpoch }, (_, i) => ({ ...madeStep(epoch * stepsPerEpoch + i + 1), epoch })),
    {
      ...{ kind: 'evaluated', ...at, wer: 1 / (1 + epoch / 10), cer: 0.4 / (1 + epoch / 10), loss: 2, best: true },
      ...{ durationMs: 900, samples: [{ audioFilepath: 'a.wav', reference: 'one two', hypothesis: 'one' }] },
    },
    { kind: 'checkpoint', ...at, path: 'checkpoints/last', durationMs: 100, pauseMs: 5 },
  ];
}

async function measure(): Promise<Record<keyof typeof bars, number>> {
  const server = await startServer({ develop: root });
  const browser = await launchBrowser();
  try {
    const page = await openFolder(browser, server, folder);
    await page.locator('.statusbar-item[id$="asr.run"]').waitFor({ timeout: 300_000 });
    // The palette's own start is not the panel's.
    await runFromPalette(page, 'ASR: Show Log');
    const before = residentBytes('--type=renderer');
    await findCommand(page);
    const begun = performance.now();
    await page.keyboard.press('Enter');
    const frame = await findWebview(page, '.chart-stage[aria-label="Loss"] canvas');
    const paintedMs = performance.now() - begun;
    await frame.locator('.facts').waitFor();
    await page.waitForTimeout(2000);
    return { paintedMs, pageBytes: residentBytes('--type=renderer') - before };
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** The palette with the command in it; a window that is still busy may close it again. */
async function findCommand(page: Page): Promise<void> {
  for (let attempt = 0; attempt < 10; attempt++) {
    await page.keyboard.press('Control+Shift+P');
    const palette = page.locator('.quick-input-widget:visible');
    const row = palette.locator('.monaco-list-row.focused').filter({ hasText: 'Show Profiler' });
    try {
      await palette.locator('.quick-input-box input').first().fill('>ASR: Show Profiler', { timeout: 5000 });
      return await row.waitFor({ timeout: 5000 });
    } catch {
      await page.keyboard.press('Escape');
    }
  }
  throw new Error('the palette does not list the command');
}
