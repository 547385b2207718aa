import { describe, expect, it } from 'vitest';
import type { GradientRule, OpDefinition } from '../../src/graph/defineOp.ts';
import { mul } from '../../src/graph/ops/elementwise.ts';
import { ops } from '../../src/graph/ops/index.ts';
import { isFloat, type Value } from '../../src/graph/value.ts';
import { checkFloat16, checkForward, checkGradient } from './opChecks.ts';

/** Sums into places, which mixed precision leaves to float32, and the ops that have it as their gradient. */
const float32Only: ReadonlySet<string> = new Set(['scatterElements', 'gather', 'gatherElements', 'maxPool', 'scan']);

for (const op of Object.values(ops)) {
  describe(op.name, () => {
    for (const sample of op.samples) {
      it(sample.title, async () => {
        await checkForward(sample);
        if (op.gradient !== 'none') await checkGradient(sample);
      });
    }
    const { gradient } = op;
    if (!float32Only.has(op.name)) it('computes in float16', () => checkAllInFloat16(op));
    if (gradient !== 'none') it('has samples that notice a wrong gradient', () => noticesWrongGradient(op, gradient));
  });
}

async function checkAllInFloat16(op: OpDefinition): Promise<void> {
  for (const sample of op.samples) await checkFloat16(op, sample);
}

/** Changes each gradient the rule can return by 5 per cent in turn; a sample must fail each time. */
async function noticesWrongGradient(op: OpDefinition, rule: GradientRule): Promise<void> {
  const changeable = op as { gradient: OpDefinition['gradient'] };
  const seen = new Set<number>();
  const wrongAt =
    (place: number): GradientRule =>
    (node) => {
      const right = rule(node);
      const sources = [...node.inputs, ...node.captures];
      for (const [i, gradient] of right.entries()) if (gradient && isGradientOf(sources[i])) seen.add(i);
      return right.map((gradient, i) => (i === place && gradient ? mul(gradient, 1.05) : gradient));
    };
  const failures = async () => {
    const results = await Promise.allSettled(op.samples.map((sample) => checkGradient(sample)));
    return results.filter(({ status }) => status === 'rejected').length;
  };
  try {
    changeable.gradient = wrongAt(-1);
    expect(await failures()).toBe(0);
    expect(seen.size).toBeGreaterThan(0);
    for (const place of seen) {
      changeable.gradient = wrongAt(place);
      expect(await failures(), `gradient ${place} of ${op.name}`).toBeGreaterThan(0);
    }
  } finally {
    changeable.gradient = rule;
  }
}

const isGradientOf = (source: Value | undefined) => source !== undefined && isFloat(source.dtype);
