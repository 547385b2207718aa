import type { Batch } from '../../nn/batch.ts';
import type { Evaluation } from '../../training/executor.ts';

/**
 * Evaluates each utterance of a batch alone, without its padding, and joins what comes of it: for models whose result
 * depends on what else is in the batch, as it does where one scale serves all activations of a product.
 */
export function rowByRow(evaluate: (batch: Batch) => Promise<Evaluation>): (batch: Batch) => Promise<Evaluation> {
  return async (batch) => {
    const rows: Evaluation[] = [];
    for (const row of singleRows(batch)) rows.push(await evaluate(row));
    const outputFrames = Math.max(...rows.map((row) => row.outputFrames));
    const longest = rows.find((row) => row.outputFrames === outputFrames)!;
    const vocabularySize = outputFrames > 0 ? longest.logProbabilities.length / outputFrames : 0;
    const logProbabilities = new Float32Array(rows.length * outputFrames * vocabularySize);
    for (const [index, row] of rows.entries())
      logProbabilities.set(row.logProbabilities, index * outputFrames * vocabularySize);
    return { logProbabilities, outputFrames, lengths: Int32Array.from(rows, ({ lengths }) => lengths[0]!) };
  };
}

/** A batch of one for each utterance, as long as it is. */
export function singleRows({ features, batch, frames, bins, frameCounts, tokens, ids }: Batch): Batch[] {
  return Array.from({ length: batch }, (_, row) => {
    const own = frameCounts[row]!;
    const start = row * frames * bins;
    return {
      features: features.slice(start, start + own * bins),
      batch: 1,
      frames: own,
      bins,
      frameCounts: Int32Array.of(own),
      tokens: tokens.slice(row, row + 1),
      ids: ids.slice(row, row + 1),
    };
  });
}
