import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { kernels, renderKernel } from '../scripts/buildKernel.ts';

test.each(kernels.map((kernel) => [kernel.constant, kernel] as const))(
  '%s is what its source compiles to (npm run build:kernel writes it)',
  async (_, kernel) => {
    expect(await renderKernel(kernel)).toBe(readFileSync(kernel.generated, 'utf8'));
  },
);
