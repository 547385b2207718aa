import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { defineOp } from '../defineOp.ts';
import type { Value } from '../value.ts';
import { families, ops } from './index.ts';

describe('registry', () => {
  it('has every file of the folder', () => {
    const files = readdirSync(import.meta.dirname).filter((file) => !file.endsWith('.test.ts') && file !== 'index.ts');
    expect(files.map((file) => file.replace('.ts', '')).sort()).toEqual(Object.keys(families).sort());
    expect(files.length).toBeGreaterThan(10);
  });

  it('has one op per name', () => {
    const definitions = Object.values(families)
      .flatMap((family) => Object.values<unknown>(family))
      .filter((entry) => typeof entry === 'function' && 'definition' in entry);
    expect(definitions).toHaveLength(Object.keys(ops).length);
  });

  it('is documented in docs/ops.md', async () => {
    await expect(renderOps()).toMatchFileSnapshot('../../../docs/ops.md');
  });
});

it('does not compile an op without a gradient or without samples', () => {
  const complete = {
    name: 'example',
    onnx: 'Identity',
    node: (x: Value) => ({ inputs: [x] as const, attributes: {} }),
    outputs: () => [],
    gradient: 'none' as const,
    samples: [{ title: 'any', inputs: [], args: (x: Value) => [x] as [Value] }] as const,
  };
  defineOp(complete);
  const { gradient: _, ...silent } = complete;
  // @ts-expect-error the gradient is missing
  expect(() => defineOp(silent)).not.toThrow();
  // @ts-expect-error no samples
  expect(() => defineOp({ ...complete, samples: [] })).not.toThrow();
});

function renderOps(): string {
  const rows = Object.values(ops)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, onnx, gradient, samples }) => {
      return `| \`${name}\` | ${onnx} | ${gradient === 'none' ? 'none' : 'yes'} | ${samples.length} |`;
    });
  return [
    '# Ops',
    '',
    'Generated from the registry in `src/graph/ops`. Each op is run on ONNX Runtime with all its samples: types, shapes',
    'and contents are compared, and gradients with central differences.',
    '',
    '| op | ONNX (opset 17) | gradient | samples |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n');
}
