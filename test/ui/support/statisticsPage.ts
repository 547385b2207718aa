import type { Page } from 'playwright-core';
import { createDatasetStore } from '../../../src/extension/features/dataset/worker/datasetStore.ts';
import { connect } from '../../../src/shared/protocol/channel.ts';
import {
  type StatisticsHost,
  type StatisticsView,
  statisticsHostChecks,
} from '../../../src/shared/protocol/statistics.ts';
import { readDocument } from '../../../src/training/lint/readDocument.ts';
import type { Theme } from './themeVariables.ts';
import { buildViewPage } from './viewPage.ts';

export interface StatisticsPage {
  /** What the view asked of the extension beside figures and lines. */
  calls: unknown[][];
  /** Waits until everything has been measured. */
  surveyed(): Promise<void>;
}

/** The view on a page of its own, with the extension's part run here on real files. */
export async function openStatisticsPage(
  page: Page,
  theme: Theme,
  files: string[],
  language = 'en',
): Promise<StatisticsPage> {
  const { port, open } = await buildViewPage(page, 'statistics', { theme, language });
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
  const channel = connect<StatisticsHost, StatisticsView>(port, local, statisticsHostChecks);
  await open();
  return {
    calls,
    async surveyed() {
      await page.locator('.statistics').waitFor();
      await surveyed;
    },
  };
}
