import * as fs from 'node:fs';
import * as path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { openAudio, readMono } from '../../../src/dsp/audioFile.ts';
import { memorySource } from '../../../src/dsp/byteSource.ts';
import { connect, type Remote } from '../../../src/shared/protocol/channel.ts';
import {
  type OpenedTranscripts,
  type TranscriptsHost,
  type TranscriptsView,
  transcriptsHostChecks,
} from '../../../src/shared/protocol/transcripts.ts';
import { type Theme, themeVariables } from './themeVariables.ts';

const root = path.join(import.meta.dirname, '../../..');

export interface TranscriptsPage {
  /** What the view asked of the extension beside what it shows. */
  calls: unknown[][];
  view: Remote<TranscriptsView>;
}

/** The view on a page of its own; `recording` is what all items play. */
export async function openTranscriptsPage(
  page: Page,
  theme: Theme,
  opened: OpenedTranscripts | Error,
  recording: string,
  language = 'en',
): Promise<TranscriptsPage> {
  const { outputFiles } = await build({
    entryPoints: ['main.ts', 'transcripts.css'].map((name) => path.join(root, 'webview/transcripts', name)),
    ...{ bundle: true, write: false, outdir: 'out', format: 'iife', target: 'chrome120', logLevel: 'warning' },
  });
  const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))!.text;
  const listeners = new Set<(message: unknown) => void>();
  const calls: unknown[][] = [];
  const clip = await openAudio(memorySource(fs.readFileSync(recording)));
  const local: TranscriptsHost = {
    open() {
      if (opened instanceof Error) throw opened;
      return opened;
    },
    async sound() {
      return { sampleRateHz: clip.info.sampleRateHz, samples: clip.info.frames };
    },
    async samples(...call) {
      calls.push(['samples', ...call]);
      return (await readMono(clip, call[1], call[2])).buffer as ArrayBuffer;
    },
    itemAction: (...call) => void calls.push(['itemAction', ...call]),
    requestAction: (...call) => void calls.push(['requestAction', ...call]),
  };
  const channel = connect<TranscriptsHost, TranscriptsView>(
    {
      // JSON carries no buffers.
      send: (message) => {
        const { value } = message as { value?: unknown };
        const floats = value instanceof ArrayBuffer ? [...new Float32Array(value)] : undefined;
        const sent = floats ? { ...(message as object), value: null } : message;
        const restore = floats ? `message.value = new Float32Array(${JSON.stringify(floats)}).buffer;` : '';
        return page.evaluate(`{ const message = ${JSON.stringify(sent)}; ${restore} postMessage(message, '*'); }`);
      },
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    local,
    transcriptsHostChecks,
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
  return { calls, view: channel.remote };
}
