import * as path from 'node:path';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type { ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import type { RunModel } from '../../../src/shared/run/runModel.ts';
import { type Theme, themeVariables } from './themeVariables.ts';

export type SectionId = 'devices' | 'memory' | 'hotspots';

/** A part of the panel on a page of its own: see `test/views/page/sections.ts`. */
export interface SectionsPage {
  mount(id: SectionId, profiles?: Record<string, ProfileSummary>): Promise<void>;
  update(model: RunModel, active?: boolean): Promise<void>;
  dress(theme: Theme): Promise<void>;
  /** What the section asked of the extension: method, parameters. */
  calls(): Promise<unknown[][]>;
}

let bundled: Promise<{ script: string; style: string }> | undefined;

async function bundle(): Promise<{ script: string; style: string }> {
  const folder = path.join(import.meta.dirname, '../../views/page');
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, 'sections.ts'), path.join(folder, 'sections.css')],
    bundle: true,
    write: false,
    outdir: 'out',
    format: 'iife',
    target: 'chrome120',
    logLevel: 'warning',
  });
  const textOf = (ending: string) => outputFiles.find((file) => file.path.endsWith(ending))!.text;
  return { script: textOf('.js').replaceAll('</script', '<\\/script'), style: textOf('.css') };
}

/** Bundles the page and opens it, dressed as a webview of VS Code is. */
export async function openSectionsPage(page: Page, theme: Theme, language = 'en'): Promise<SectionsPage> {
  bundled ??= bundle();
  const { script, style } = await bundled;
  const { bodyClass, variables } = themeVariables(theme);
  // Whole from the start, as in a webview: the controls read the theme when the page has loaded.
  const values = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value}`);
  await page.setContent(`<!DOCTYPE html>
<html lang="${language}" style="${values.join('; ')}">
<head><meta charset="UTF-8"><style>${style}</style></head>
<body class="${bodyClass}" data-vscode-theme-kind="${bodyClass}">
<script>${script}</script>
</body></html>`);
  const call = (method: string, ...parameters: unknown[]) =>
    page.evaluate(`sections.${method}(${parameters.map((value) => JSON.stringify(value)).join(', ')})`);
  const dress = async (next: Theme) => void (await call('dress', ...Object.values(themeVariables(next))));
  return {
    dress,
    async mount(id, profiles = {}) {
      await call('mount', id, profiles);
    },
    async update(model, active = model.state === 'running') {
      await call('update', [{ directory: '/runs/a', name: 'a', state: model.state, active, model, color: '#56b4e9' }]);
    },
    calls: () => page.evaluate('sections.calls') as Promise<unknown[][]>,
  };
}
