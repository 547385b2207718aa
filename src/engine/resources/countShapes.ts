import type { Executor, TrainingBatch } from '../../training/executor.ts';

/** The executor, and how many batch shapes it was given: each brings buffers of its own, so memory grows with them. */
export function countShapes<E extends Executor>(executor: E): E & { shapeCount(): number } {
  const seen = new Set<string>();
  const see = (batches: readonly TrainingBatch[]) => {
    for (const { shape } of batches) seen.add(`${shape.rows}×${shape.frames}×${shape.maxTokens}`);
  };
  return {
    ...executor,
    step(batches, options) {
      see(batches);
      return executor.step(batches, options);
    },
    steps(requests) {
      for (const { batches } of requests) see(batches);
      return executor.steps(requests);
    },
    evaluate(batch) {
      seen.add(`evaluate ${batch.batch}×${batch.frames}`);
      return executor.evaluate(batch);
    },
    shapeCount: () => seen.size,
  };
}
