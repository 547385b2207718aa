import { UserError } from '../../shared/problem.ts';
import { loadBatches } from '../../training/data/batchLoader.ts';
import type { Example } from '../../training/data/examples.ts';
import { createFeaturePool } from '../../training/data/featurePool.ts';
import type { Evaluation } from '../../training/executor.ts';
import { createLoader, planEvaluation } from '../../training/trainingData.ts';
import type { Terminal } from '../terminal.ts';
import { workerFile } from '../workerFiles.ts';
import { batchSeconds, loadScored, noAugmentation, type Scorer } from './scoreManifest.ts';

/** What a model gives for one utterance: a row of the output of its batch. */
export interface UtteranceOutput {
  example: Example;
  output: Evaluation;
  row: number;
}

/**
 * Runs a model over a manifest in batches of similar length and hands over each utterance's output; what cannot be read
 * is reported with its line and left out. Throws a UserError when no utterance is left.
 */
export async function manifestOutputs(
  { metadata, evaluate }: Scorer,
  manifest: string,
  doing: string,
  terminal: Terminal,
  use: (output: UtteranceOutput) => Promise<void> | void,
): Promise<{ skipped: number; excluded: number }> {
  const { features } = metadata;
  const pool = createFeaturePool(workerFile('feature'), 1, { spec: features, augment: noAugmentation, seed: 0 });
  try {
    const set = await loadScored(metadata, manifest, pool);
    for (const problem of set.problems) terminal.report(problem);
    if (set.examples.length === 0) throw new UserError(`${manifest}: no utterance can be read`);
    const plan = planEvaluation(features, undefined, batchSeconds, set.examples);
    const loader = createLoader({ features }, set.examples, pool, null, (problem) => terminal.report(problem));
    let done = 0;
    for await (const { batch, examples } of loadBatches(loader, plan, plan.keys(), null)) {
      terminal.progress(`${doing} ${done}/${set.examples.length}`);
      if (!batch) continue;
      const output = await evaluate(batch);
      for (const [row, example] of examples.entries()) await use({ example, output, row });
      done += examples.length;
    }
    terminal.progress('');
    return { skipped: set.skipped + set.examples.length - done, excluded: set.excluded };
  } finally {
    await pool.dispose();
  }
}
