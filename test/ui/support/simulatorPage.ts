import * as path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import { playStream, type StreamPlayer } from '../../../src/extension/features/streaming/playStream.ts';
import { connect } from '../../../src/shared/protocol/channel.ts';
import {
  type StreamEnd,
  type StreamingChoice,
  type StreamingHost,
  type StreamingView,
  streamingHostChecks,
} from '../../../src/shared/protocol/streaming.ts';
import { type Theme, themeVariables } from './themeVariables.ts';

const root = path.join(import.meta.dirname, '../../..');

/** The simulator's page with the real engine behind it, in a browser alone. */
export async function openSimulatorPage(
  page: Page,
  theme: Theme,
  given: Omit<StreamingChoice, 'playing'>,
  { language = 'en', state }: { language?: string; state?: unknown } = {},
): Promise<{ calls: string[]; ends: StreamEnd[]; dispose(): void }> {
  const { outputFiles } = await build({
    entryPoints: ['main.ts', 'streaming.css'].map((name) => path.join(root, 'webview/streaming', name)),
    ...{ bundle: true, write: false, outdir: 'out', format: 'iife', target: 'chrome120', logLevel: 'warning' },
  });
  const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))!.text;
  const listeners = new Set<(message: unknown) => void>();
  const calls: string[] = [];
  const ends: StreamEnd[] = [];
  let player: StreamPlayer | undefined;
  const program = { node: process.execPath, script: path.join(root, 'dist/engine.js'), environment: {} };
  const local: StreamingHost = {
    open: async () => ({ ...given, playing: false }),
    chooseRecording: () => void calls.push('chooseRecording'),
    chooseModel: () => void calls.push('chooseModel'),
    start(settings) {
      const { model, recording } = given;
      player = playStream(program, { model: model!, recording: recording! }, settings, {
        told: (events) => void channel.remote.told(events).catch(() => {}),
        said: () => undefined,
        ended(end) {
          ends.push(end);
          void channel.remote.ended(end).catch(() => {});
        },
      });
    },
    stop: () => player?.stop(),
  };
  const channel = connect<StreamingHost, StreamingView>(
    {
      send: (message) => page.evaluate(`postMessage(${JSON.stringify(message)}, '*')`),
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    local,
    streamingHostChecks,
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
<script>var acquireVsCodeApi = () => ({ postMessage: (message) => void ${binding}(message), getState: () => (${JSON.stringify(state ?? null)}), setState() {} });</script>
<script>${textOf('.js').replaceAll('</script', '<\\/script')}</script>
</body></html>`);
  return {
    calls,
    ends,
    dispose() {
      player?.stop();
      channel.dispose();
    },
  };
}
