import * as path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type { Port } from '../../../src/shared/protocol/channel.ts';
import { type Theme, themeVariables } from './themeVariables.ts';

export interface ViewDress {
  theme: Theme;
  language?: string;
  /** What the view kept of itself. */
  state?: unknown;
}

export interface ViewPage {
  /** The extension's end of the wire: to be connected before the view is opened. */
  port: Port;
  open(): Promise<void>;
}

/** A view of `webview/` on a page of its own, dressed as a webview of VS Code is. */
export async function buildViewPage(
  page: Page,
  view: string,
  { theme, language = 'en', state }: ViewDress,
): Promise<ViewPage> {
  const folder = path.join(import.meta.dirname, '../../../webview', view);
  const { outputFiles } = await build({
    entryPoints: ['main.ts', `${view}.css`].map((name) => path.join(folder, name)),
    ...{ bundle: true, write: false, outdir: 'out', format: 'iife', target: 'chrome120', logLevel: 'warning' },
  });
  const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))!.text;
  const listeners = new Set<(message: unknown) => void>();
  const kept = state === undefined ? 'undefined' : `(${JSON.stringify(state).replaceAll('<', '\\u003c')})`;
  return {
    port: {
      send: (message) => post(page, message),
      listen(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    async open() {
      await page.goto('about:blank');
      const binding = `toHost${Math.random().toString(36).slice(2)}`;
      await page.exposeFunction(binding, (text: string) => {
        const message = fromPage(text);
        for (const listener of listeners) listener(message);
      });
      const { bodyClass, variables } = themeVariables(theme);
      const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value}`);
      await page.setContent(`<!DOCTYPE html>
<html lang="${language}" style="${style.join('; ')}">
<head><meta charset="UTF-8"><style>${textOf('.css')}</style></head>
<body class="${bodyClass}" data-vscode-theme-kind="${bodyClass}">
<main id="root"></main>
<script>var acquireVsCodeApi = () => ({ postMessage: (message) => void ${binding}((${encodeInPage})(message)), getState: () => ${kept}, setState() {} });</script>
<script>${textOf('.js').replaceAll('</script', '<\\/script')}</script>
</body></html>`);
    },
  };
}

/** JSON carries no buffers: they cross as base64, wherever they are in a message. */
function post(page: Page, message: unknown): Promise<unknown> {
  const sent = JSON.stringify(message, (_, value: unknown) =>
    value instanceof ArrayBuffer ? { $buffer: Buffer.from(value).toString('base64') } : value,
  );
  return page.evaluate(`window.postMessage((${decodeInPage})(${JSON.stringify(sent)}), '*')`);
}

const decodeInPage = `(text) => JSON.parse(text, (_, value) =>
  typeof value?.$buffer === 'string'
    ? Uint8Array.from(atob(value.$buffer), (one) => one.charCodeAt(0)).buffer
    : value)`;

const encodeInPage = `(message) => JSON.stringify(message, (_, value) => {
  if (!(value instanceof ArrayBuffer)) return value;
  let text = '';
  for (const byte of new Uint8Array(value)) text += String.fromCharCode(byte);
  return { $buffer: btoa(text) };
})`;

const fromPage = (text: string): unknown =>
  JSON.parse(text, (_, value: unknown) => {
    const coded = (value as { $buffer?: string } | null)?.$buffer;
    return typeof coded === 'string' ? new Uint8Array(Buffer.from(coded, 'base64')).buffer : value;
  });
