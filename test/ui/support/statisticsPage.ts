import * as path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { createDatasetStore } from '../../../src/extension/features/dataset/worker/datasetStore.ts';
import { connect } from '../../../src/shared/protocol/channel.ts';
import {
  type StatisticsHost,
  type StatisticsView,
  statisticsHostChecks,
} from '../../../src/shared/protocol/statistics.ts';
import { readDocument } from '../../../src/training/lint/readDocument.ts';
import { type Theme, themeVariables } from './themeVariables.ts';

export interface StatisticsPage {
  /** What the view asked of the extension beside figures and lines. */
  calls: unknown[][];
  /** Waits until everything has been measured. */
  surveyed(): Promise<void>;
}

const root = path.join(import.meta.dirname, '../../..');

/** The view on a page of its own, with the extension's part run here on real files. */
export async function openStatisticsPage(
  page: Page,
  theme: Theme,
  files: string[],
  language = 'en',
): Promise<StatisticsPage> {
  const { outputFiles } = await build({
    entryPoints: ['main.ts', 'statistics.css'].map((name) => path.join(root, 'webview/statistics', name)),
    ...{ bundle: true, write: false, outdir: 'out', format: 'iife', target: 'chrome120', logLevel: 'warning' },
  });
  const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))!.text;
  const listeners = new Set<(message: unknown) => void>();
  const calls: unknown[][] = [];
  let surveyed: Promise<void> = Promise.resolve();
  let store: ReturnType<typeof createDatasetStore> | undefined;
  const local: StatisticsHost = {
    async open() {
      const documents = [];
      for (const file of files) documents.push({ file, document: await readDocument(file) });
      store = createDatasetStore(documents, () => performance.now());
      const { described, progressed } = channel.remote;
      surveyed = store.survey({
        described: (statistics) => void described(statistics).catch(() => {}),
        progressed: (progress) => void progressed(progress).catch(() => {}),
      });
      return store.opened;
    },
    list: async (manifest, filter, from) => store!.list(manifest, filter, from),
    utteranceAction: (...call) => void calls.push(['utteranceAction', ...call]),
    chooseManifests: () => void calls.push(['chooseManifests']),
  };
  const channel = connect<StatisticsHost, StatisticsView>(
    {
      send: (message) => page.evaluate(`postMessage(${JSON.stringify(message)}, '*')`),
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    local,
    statisticsHostChecks,
  );
  await page.goto('about:blank');
  const binding = `toHost${Math.random().toString(36).slice(2)}`;
  await page.exposeFunction(binding, (message: unknown) => {
    for (const listener of listeners) listener(message);
  });
  const { bodyClass, variables } = themeVariables(theme);
  const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value}`);
  await page.setContent(`<!DOCTYPE html>
<html lang="${language}" style="${style.join('; ')}">
<head><meta charset="UTF-8"><style>${textOf('.css')}</style></head>
<body class="${bodyClass}" data-vscode-theme-kind="${bodyClass}">
<main id="root"></main>
<script>var acquireVsCodeApi = () => ({ postMessage: (message) => void ${binding}(message), getState: () => undefined, setState() {} });</script>
<script>${textOf('.js').replaceAll('</script', '<\\/script')}</script>
</body></html>`);
  return {
    calls,
    async surveyed() {
      await page.locator('.statistics').waitFor();
      await surveyed;
    },
  };
}
