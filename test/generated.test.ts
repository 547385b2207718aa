import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { renderGrammar } from '../scripts/renderGrammar.ts';
import { experimentRules } from '../src/asr/lint/experimentRules.ts';
import { renderCliDocs } from '../src/engine/commandTable.ts';
import { renderConfigDocs, renderJsonSchema } from '../src/shared/config/renderConfigDocs.ts';
import { renderManifest } from '../src/shared/renderManifest.ts';

// Derived files are compared with what their sources render; `npm run generate` writes them.
const root = join(import.meta.dirname, '..');

test('package.json holds what src/shared/contributions.ts says', async () => {
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const rendered = `${JSON.stringify({ ...manifest, ...renderManifest() }, undefined, 2)}\n`;
  await expect(rendered).toMatchFileSnapshot(join(root, 'package.json'));
});

test('the grammar knows the keys and values of the schema', async () => {
  await expect(renderGrammar()).toMatchFileSnapshot(join(root, 'syntaxes/asr-config.tmLanguage.json'));
});

test('docs/config.md says what the schema says', async () => {
  await expect(renderConfigDocs(experimentRules)).toMatchFileSnapshot(join(root, 'docs/config.md'));
});

test('the JSON Schema for other editors is that of the config', async () => {
  await expect(renderJsonSchema()).toMatchFileSnapshot(join(root, 'docs/asr-config.schema.json'));
});

test('docs/cli.md says what the command table says', async () => {
  await expect(renderCliDocs()).toMatchFileSnapshot(join(root, 'docs/cli.md'));
});
