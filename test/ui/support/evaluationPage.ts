import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { readPiece } from '../../../src/extension/features/evaluation/readPiece.ts';
import { connect } from '../../../src/shared/protocol/channel.ts';
import {
  type EvaluationHost,
  type EvaluationView,
  evaluationHostChecks,
} from '../../../src/shared/protocol/evaluation.ts';
import { type Theme, themeVariables } from './themeVariables.ts';

const root = path.join(import.meta.dirname, '../../..');

/** The view on a page of its own, with the extension's part run here on a real file. Returns what the view asked for. */
export async function openEvaluationPage(
  page: Page,
  theme: Theme,
  file: string,
  language = 'en',
): Promise<unknown[][]> {
  const { outputFiles } = await build({
    entryPoints: ['main.ts', 'evaluation.css'].map((name) => path.join(root, 'webview/evaluation', name)),
    ...{ bundle: true, write: false, outdir: 'out', format: 'iife', target: 'chrome120', logLevel: 'warning' },
  });
  const textOf = (ending: string) => outputFiles.find((output) => output.path.endsWith(ending))!.text;
  const listeners = new Set<(message: unknown) => void>();
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
  connect<EvaluationHost, EvaluationView>(
    {
      send: (message) => page.evaluate(`postMessage(${JSON.stringify(message)}, '*')`),
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    local,
    evaluationHostChecks,
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
  return calls;
}
