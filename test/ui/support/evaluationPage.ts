import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { readPiece } from '../../../src/extension/features/evaluation/readPiece.ts';
import { connect } from '../../../src/shared/protocol/channel.ts';
import {
  type EvaluationHost,
  type EvaluationView,
  evaluationHostChecks,
} from '../../../src/shared/protocol/evaluation.ts';
import type { Theme } from './themeVariables.ts';
import { buildViewPage } from './viewPage.ts';

/** The view on a page of its own, with the extension's part run here on a real file. Returns what the view asked for. */
export async function openEvaluationPage(
  page: Page,
  theme: Theme,
  file: string,
  language = 'en',
): Promise<unknown[][]> {
  const { port, open } = await buildViewPage(page, 'evaluation', { theme, language });
  const calls: unknown[][] = [];
  const noted =
    (name: string) =>
    (...call: unknown[]) =>
      void calls.push([name, ...call]);
  const local: EvaluationHost = {
    async open() {
      if (!fs.existsSync(file)) return { reason: 'there is no such file' };
      return { file, name: path.basename(file), sizeBytes: fs.statSync(file).size, hasPage: true };
    },
    read: (startByte) => readPiece(file, startByte),
    samples: async () => ({ sampleRateHz: 8000, totalSamples: 0, data: new ArrayBuffer(0) }),
    openSpectrogram: noted('openSpectrogram'),
    showLine: noted('showLine'),
    compare: noted('compare'),
    openPage: noted('openPage'),
    copyText: noted('copyText'),
  };
  connect<EvaluationHost, EvaluationView>(port, local, evaluationHostChecks);
  await open();
  return calls;
}
