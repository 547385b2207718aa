import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import type { ProfileSummary } from '../../src/shared/run/profileSummary.ts';
import { createRunModel, type RunModel, reduceAll } from '../../src/shared/run/runModel.ts';
import { takeScreenshot } from '../ui/support/screenshots.ts';
import { openSectionsPage, type SectionsPage } from '../ui/support/sectionsPage.ts';
import { themes } from '../ui/support/themeVariables.ts';
import { type Browser, launchBrowser } from '../vscode/harness/browser.ts';

const fixtures = path.join(import.meta.dirname, '../fixtures/profiler');
const read = (name: string) => fs.readFileSync(path.join(fixtures, name), 'utf8');
const summary = JSON.parse(read('profile.json')) as ProfileSummary;
const modelOf = (events: readonly EngineEvent[]): RunModel => reduceAll(createRunModel(), events);
const recorded = (name: string): EngineEvent[] => parseEventLines(read(name)).events;

/** The recorded run as if its samples had been taken for an hour, with a leak in its later part. */
function hourOf(name: string): EngineEvent[] {
  const events = recorded(name);
  const samples = events.filter((event) => event.kind === 'resources');
  const started = events[0]!;
  const long = Array.from({ length: 720 }, (_, i): EngineEvent => {
    const sample = samples[2 + (i % (samples.length - 2))]!;
    const leaked = Math.max(0, i - 360) * 400_000;
    const graphNative = (sample.memoryBytes.graphNative ?? 0) + leaked;
    const memoryBytes = { ...sample.memoryBytes, graphNative };
    const graphRssBytes = (sample.graphRssBytes ?? 0) + leaked;
    return { ...sample, graphRssBytes, memoryBytes, step: 10 * i, timeMs: started.timeMs + 5000 * (i + 1) };
  });
  const leak = { category: 'graphNative', firstStep: 3600, lastStep: 6000, bytesPerStep: 40_000 } as const;
  return [
    started,
    ...long,
    {
      ...{
        kind: 'guard',
        step: 6000,
        timeMs: started.timeMs + 3e6,
        epoch: 9,
        code: 'memory-leak',
        severity: 'warning',
      },
      ...{ message: 'memory grows at equal shapes', remedy: 'resume from the last checkpoint', leak },
    },
  ];
}

const profiled: EngineEvent = {
  ...{ kind: 'profiled', step: 16, timeMs: 2e12, path: 'profiles/step-12', steps: 5, durationMs: 2100 },
};

/** Cells of a table as they are read, row by row. */
async function cellsOf(table: Locator): Promise<string[][]> {
  const rows = table.locator('tbody tr');
  await rows.first().waitFor();
  const cells = await rows.evaluateAll((all) =>
    all.map((row) => [...row.children].map((cell) => cell.textContent ?? '')),
  );
  return cells.map((row) => row.map((text) => text.replaceAll('\u00a0', ' ')));
}

describe('parts of the profiler panel', () => {
  let browser: Browser;
  let page: Page;
  let sections: SectionsPage;
  const complaints: string[] = [];
  const open = async (width = 1000, theme: (typeof themes)[number] = 'dark', language = 'en') => {
    await page.setViewportSize({ width, height: 900 });
    sections = await openSectionsPage(page, theme, language);
  };
  const mountProfile = async (profile = summary) => {
    await sections.mount('hotspots', { 'profiles/step-12': profile });
    await sections.update(modelOf([...recorded('cpu.jsonl').slice(0, 5), profiled]));
    await page.locator('.hotspot-table tbody tr').first().waitFor();
  };
  const shownRange = () => page.getByRole('application').getAttribute('aria-description');
  beforeAll(async () => {
    browser = await launchBrowser();
    page = browser.page;
    page.on('pageerror', (error) => complaints.push(error.stack ?? error.message));
    page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
  });
  afterAll(() => browser.close());
  beforeEach(() => open());
  afterEach(() => expect(complaints.splice(0)).toEqual([]));

  it('say what to do where there is no profile', async () => {
    await sections.mount('hotspots');
    await sections.update(
      modelOf(
        recorded('cpu.jsonl')
          .slice(0, 5)
          .filter(({ kind }) => kind !== 'profiled'),
      ),
    );
    await page.getByText('This run has no profile yet').waitFor();
    await page.getByRole('button', { name: 'Profile 5 Steps' }).click();
    expect(await sections.calls()).toEqual([['runAction', '/runs/a', 'profile']]);
    await sections.update(modelOf([...recorded('cpu.jsonl').slice(0, 1), profiled]));
    await page.getByText('The profile in profiles/step-12 is missing').waitFor();
  });

  it('sort and filter the hot spots', async () => {
    await mountProfile();
    const table = page.locator('.hotspot-table');
    const longest = [...summary.byOperator].sort((a, b) => b.totalMs - a.totalMs);
    expect((await cellsOf(table)).map(([name]) => name)).toEqual(longest.map(({ name }) => name));
    await table.getByRole('button', { name: 'Calls' }).press('Enter');
    const calls = summary.byOperator.map((row) => row.calls).sort((a, b) => b - a);
    expect((await cellsOf(table)).map((cells) => Number(cells[3]))).toEqual(calls);
    expect(await table.locator('th[aria-sort="descending"]').textContent()).toContain('Calls');
    await page.keyboard.press('Enter');
    expect((await cellsOf(table)).map((cells) => Number(cells[3]))).toEqual(calls.reverse());
    await page.getByRole('radio', { name: 'Node' }).check();
    await page.getByRole('searchbox').fill('rnn.1/Scan');
    const found = summary.nodes.filter(({ name }) => name.includes('rnn.1/Scan'));
    expect(found.length).toBeGreaterThan(0);
    expect(await cellsOf(table)).toHaveLength(found.length);
    await page.getByText(`${found.length} of ${summary.nodes.length} rows`).waitFor();
    await page.keyboard.press('Escape');
    expect(await cellsOf(table)).toHaveLength(summary.nodes.length);
  });

  it('lead through the flame graph by keys alone', async () => {
    await mountProfile();
    const said = page.locator('.spoken');
    await page.getByRole('application').focus();
    const press = async (...keys: string[]) => {
      for (const key of keys) await page.keyboard.press(key);
      return (await said.textContent()) ?? '';
    };
    expect(await press('ArrowDown')).toMatch(/^Forward, /);
    expect(await press('ArrowRight')).toMatch(/^Loss, /);
    expect(await press('ArrowRight')).toMatch(/^Backward, /);
    const layer = await press('ArrowDown');
    expect(summary.byLayer.map(({ name }) => name)).toContain(layer.split(', ')[0]);
    const deepest = await press('ArrowDown');
    expect(deepest).toMatch(/^backward\/.*CPU.*calls/);
    const whole = await shownRange();
    await press('Enter');
    expect(await shownRange()).not.toBe(whole);
    await press('Escape', 'Escape', 'Escape', 'Escape');
    expect(await shownRange()).toBe(whole);
    expect(await press('Home')).not.toBe(deepest);
  });

  it('zoom by pointer and wheel, and leave the wheel to the page otherwise', async () => {
    await page.setViewportSize({ width: 1000, height: 500 });
    await mountProfile();
    const whole = await shownRange();
    await page.getByRole('application').hover();
    await page.mouse.wheel(0, 100);
    await page.waitForFunction('scrollY > 0');
    expect(await shownRange()).toBe(whole);
    await page.getByRole('application').hover();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await page.keyboard.up('Control');
    await expect.poll(shownRange).not.toBe(whole);
    await page.getByRole('button', { name: 'Show all' }).click();
    expect(await shownRange()).toBe(whole);
    await page.getByRole('application').click({ position: { x: 20, y: 30 } });
    expect(await shownRange()).toMatch(/^Shows 0 ms to /);
    expect(await shownRange()).not.toBe(whole);
    expect(await page.locator('.block-readout .name').textContent()).toBe('Forward');
  });

  it('show the timeline, with its numbers in a table', async () => {
    await mountProfile();
    await page.getByRole('radio', { name: 'Timeline of the last step' }).check();
    await page.getByRole('application', { name: /^Timeline/ }).waitFor();
    await page.getByRole('radio', { name: 'Timeline', exact: true }).check();
    const rows = await cellsOf(page.locator('.hotspot-table'));
    expect(rows).toHaveLength(summary.timeline.length);
    expect(await page.locator('th[aria-sort="ascending"]').textContent()).toContain('Start');
  });

  it('open the files of the profile that is chosen', async () => {
    await mountProfile();
    await page.getByRole('button', { name: 'Trace for Perfetto' }).click();
    await page.getByRole('button', { name: 'Graph .cpuprofile' }).click();
    expect((await sections.calls()).slice(1)).toEqual([
      ['openProfileFile', '/runs/a', 'profiles/step-12', 'trace'],
      ['openProfileFile', '/runs/a', 'profiles/step-12', 'graphCpu'],
    ]);
  });

  it('name what did not run on the device', async () => {
    const [first, ...others] = summary.byProvider;
    const cuda = { ...first!, name: 'CUDAExecutionProvider', totalMs: 0.9 * summary.nodesMs };
    const cpu = { ...first!, totalMs: 0.1 * summary.nodesMs };
    await mountProfile({ ...summary, device: 'cuda', byProvider: [cuda, cpu, ...others] });
    await page.getByText(/^10 % of operator time .* ran on CPU, not on CUDA: /).waitFor();
  });

  it('show several GPUs now and over time', async () => {
    await sections.mount('devices');
    const model = modelOf(recorded('twoGpus.jsonl'));
    await sections.update(model);
    const last = model.resources.at(-1)!.gpus;
    const rows = await cellsOf(page.locator('.gpu-table'));
    expect(rows.map(([, utilization]) => utilization)).toEqual(last.map((gpu) => `${gpu.utilization} %`));
    // The driver of the second does not know its power.
    expect(rows[1]!.at(-1)).toBe('–');
    const chart = page.locator('.chart:visible', { hasText: 'GPU temperature' });
    await chart.locator('summary').click();
    const table = await cellsOf(chart.locator('table'));
    expect(table.map(([, celsius]) => celsius)).toEqual(
      model.resources.map(({ gpus }) => (gpus[0] ? `${gpus[0].temperatureC} °C` : '')),
    );
  });

  it('say that there is no GPU, and show the processor instead', async () => {
    await sections.mount('devices');
    await sections.update(modelOf(recorded('cpu.jsonl')));
    await page.getByText('No GPU figures: nvidia-smi is not on the path').waitFor();
    expect(await page.locator('.chart:visible .chart-title').allTextContents()).toEqual(['CPU', 'RAM of the machine']);
  });

  it('stack the memory and point out a leak', async () => {
    await sections.mount('memory');
    const model = modelOf(hourOf('cpu.jsonl'));
    await sections.update(model);
    await page.getByText('Leak: “Graph: ONNX Runtime” grows by 39.1 KiB a step, steps 3600 to 6000').waitFor();
    await page.locator('.chart summary').click();
    const rows = await cellsOf(page.locator('.chart table'));
    const { memoryBytes } = model.resources.at(-1)!;
    const inMiB = (bytes: number) => `${Number((bytes / 2 ** 20).toFixed(bytes < 100 * 2 ** 20 ? 1 : 0))} MiB`;
    expect(rows.at(-1)!.slice(1, 3)).toEqual([memoryBytes.engineHeap!, memoryBytes.engineExternal!].map(inMiB));
  });

  it('do no work for updates without news', async () => {
    await sections.mount('memory');
    const model = modelOf(recorded('cpu.jsonl'));
    await sections.update(model);
    const facts = await page.locator('.resource-facts p').first().elementHandle();
    for (let i = 0; i < 20; i++) await sections.update({ ...model, resources: [...model.resources] });
    expect(await facts!.evaluate((line) => line.isConnected)).toBe(true);
  });

  it('keep the profile that is looked at when the run ends', async () => {
    await mountProfile();
    await page.getByRole('radio', { name: 'Layer' }).check();
    await page.getByRole('application').focus();
    for (const key of ['ArrowDown', 'Enter']) await page.keyboard.press(key);
    const zoomed = await shownRange();
    await sections.update(modelOf([...recorded('cpu.jsonl').slice(0, 5), profiled]), false);
    await expect.poll(() => page.getByRole('button', { name: 'Profile 5 Steps' }).count()).toBe(0);
    expect(await shownRange()).toBe(zoomed);
    expect((await sections.calls()).filter(([method]) => method === 'profile')).toHaveLength(1);
  });

  it('follow the theme', async () => {
    await sections.mount('memory');
    await sections.update(modelOf(recorded('cpu.jsonl')));
    const color = () =>
      page
        .locator('.chart-swatch')
        .first()
        .evaluate((swatch) => swatch.getAttribute('style'));
    const dark = await color();
    await sections.dress('light');
    await expect.poll(color).not.toBe(dark);
  });

  it('speak Chinese', async () => {
    await open(600, 'light', 'zh-cn');
    await mountProfile();
    await page.getByRole('radio', { name: '火焰图' }).waitFor();
  });

  it.each([...themes.map((theme) => ({ theme, width: 1000 })), { theme: 'dark' as const, width: 350 }])(
    'fit into $width px in the $theme theme',
    async ({ theme, width }) => {
      await open(width, theme);
      const shoot = async (name: string) => {
        const overflow = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
        expect(overflow, name).toBeLessThanOrEqual(0);
        const { height } = (await page.locator('.section').boundingBox())!;
        await page.setViewportSize({ width, height: Math.ceil(height) + 20 });
        await takeScreenshot(page, `profiler-${name}-${theme}-${width}`);
      };
      await mountProfile();
      await shoot('hotspots');
      await page.getByRole('radio', { name: 'Timeline of the last step' }).check();
      await shoot('timeline');
      await sections.mount('devices');
      await sections.update(modelOf(recorded('twoGpus.jsonl')));
      await shoot('gpus');
      await sections.update(modelOf(recorded('cpu.jsonl')));
      await shoot('no-gpu');
      await sections.mount('memory');
      await sections.update(modelOf(recorded('cpu.jsonl')));
      await shoot('memory');
      await sections.update(modelOf(hourOf('cpu.jsonl')));
      await shoot('leak');
    },
  );
});
