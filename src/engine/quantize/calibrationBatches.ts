import { UserError } from '../../shared/problem.ts';
import { loadBatches } from '../../training/data/batchLoader.ts';
import { createFeaturePool } from '../../training/data/featurePool.ts';
import { createLoader, planEvaluation } from '../../training/trainingData.ts';
import type { ModelMetadata } from '../model/modelMetadata.ts';
import { singleRows } from '../model/rowByRow.ts';
import { loadScored, noAugmentation } from '../model/scoreManifest.ts';
import { toInput } from '../ort/batchInput.ts';
import type { InferenceBatch } from '../ort/protocol.ts';
import type { Terminal } from '../terminal.ts';
import { workerFile } from '../workerFiles.ts';

/** Audio that is read at once. */
const batchSeconds = 40;

/**
 * Features of so many utterances of a manifest, evenly spread over it, each as a batch of its own, the shortest first.
 * Those that cannot be read are reported and left out. Throws a UserError where none is left.
 */
export async function calibrationBatches(
  metadata: ModelMetadata,
  manifest: string,
  count: number,
  terminal: Terminal,
): Promise<InferenceBatch[]> {
  const { features } = metadata;
  const pool = createFeaturePool(workerFile('feature'), 1, { spec: features, augment: noAugmentation, seed: 0 });
  try {
    const set = await loadScored(metadata, manifest, pool);
    for (const problem of set.problems) terminal.report(problem);
    const { length } = set.examples;
    const chosen = set.examples.filter(
      (_, i) => Math.floor((i * count) / length) !== Math.floor(((i - 1) * count) / length),
    );
    const plan = planEvaluation(features, undefined, batchSeconds, chosen);
    const loader = createLoader({ features }, chosen, pool, null, (problem) => terminal.report(problem));
    const batches: InferenceBatch[] = [];
    for await (const { batch } of loadBatches(loader, plan, plan.keys(), null))
      if (batch) batches.push(...singleRows(batch).map(toInput));
    if (batches.length === 0) throw new UserError(`${manifest}: no utterance to calibrate with`);
    return batches.sort((a, b) => a.time - b.time);
  } finally {
    await pool.dispose();
  }
}
