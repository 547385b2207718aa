import type { BatchUtterance } from '../shared/run/batchLines.ts';
import type { LoadedBatch } from './data/batchLoader.ts';
import type { StepResult } from './executor.ts';

/** An utterance of a step before its gradient is compared with the others'. */
export interface MeasuredUtterance {
  utterance: Omit<BatchUtterance, 'gradientShare'>;
  /** Squared norm of its part of the gradient at the logits, where it is known. */
  squares?: number;
}

/** The utterances of one rank's batches, with what the step gave for each. */
export function measureUtterances(
  loaded: readonly LoadedBatch[],
  { utteranceLosses, utteranceGradients }: StepResult,
  sampleRateHz: number,
): MeasuredUtterance[] {
  const rows = loaded.flatMap(({ batch, examples }) =>
    batch
      ? examples.map((example, row) => ({ example, frames: batch.frameCounts[row]!, tokens: batch.tokens[row]! }))
      : [],
  );
  return rows.map(({ example: { audioFilepath, manifest, line, range, samples }, frames, tokens }, i) => {
    const loss = utteranceLosses[i]!;
    const squares = utteranceGradients?.[i];
    return {
      utterance: {
        ...{ audioFilepath, manifest, line },
        ...(range.offsetSec === undefined ? {} : { offsetSec: range.offsetSec }),
        durationSec: rounded(samples / sampleRateHz),
        frames,
        tokens: tokens.length,
        loss: Number.isFinite(loss) ? rounded(loss) : null,
      },
      ...(squares === undefined ? {} : { squares }),
    };
  });
}

/** The utterances of all ranks, with their shares of the gradient where all of it is known and finite. */
export function shareGradient(measured: readonly MeasuredUtterance[]): BatchUtterance[] {
  const total = measured.reduce((sum, { squares = Number.NaN }) => sum + squares, 0);
  const known = Number.isFinite(total) && total > 0;
  return measured.map(({ utterance, squares }) =>
    known ? { ...utterance, gradientShare: rounded(squares! / total) } : utterance,
  );
}

/** Utterances whose own loss is not finite, or all when only the gradient is not. */
export function suspects(utterances: readonly BatchUtterance[]): string[] {
  const bad = utterances.filter(({ loss }) => loss === null);
  return (bad.length > 0 ? bad : utterances).map(({ audioFilepath }) => audioFilepath);
}

/** Five digits: what a reader sees, at half the bytes. */
const rounded = (value: number) => Number(value.toPrecision(5));
