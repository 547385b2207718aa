import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kernelFile, renderKernel } from '../scripts/buildKernel.ts';

test('the embedded kernel is what its source compiles to (npm run build:kernel writes it)', async () => {
  expect(await renderKernel()).toBe(readFileSync(kernelFile, 'utf8'));
});
