import type { Alternative, BeamDecoding } from '../../asr/beam/ctcPrefixBeam.ts';
import { addErrors, type ErrorCounts, NO_ERRORS, wordErrors } from '../../asr/errorRate.ts';
import type { Scores } from '../../training/evaluate.ts';
import type { Scorer } from './scoreManifest.ts';

/** A scorer that also keeps what a beam read from each utterance, in the order of the scores. */
export function keepAlternatives(scorer: Scorer): { scorer: Scorer; kept: Alternative[][] } {
  const kept: Alternative[][] = [];
  return {
    kept,
    scorer: {
      ...scorer,
      async evaluate(batch) {
        const output = await scorer.evaluate(batch);
        for (const decoded of output.decoded ?? []) kept.push((decoded as BeamDecoding).alternatives ?? []);
        return output;
      },
    },
  };
}

/** Word errors when the best of each utterance's alternatives is taken: what no choice among them can undercut. */
export function oracleErrors({ utterances }: Scores, kept: readonly (readonly Alternative[])[]): ErrorCounts {
  const errors = ({ substitutions, deletions, insertions }: ErrorCounts) => substitutions + deletions + insertions;
  return utterances.reduce((sum, { example, words }, i) => {
    const all = (kept[i] ?? []).map(({ text }) => wordErrors(example.text, text));
    return addErrors(
      sum,
      all.reduce((best, one) => (errors(one) < errors(best) ? one : best), words),
    );
  }, NO_ERRORS);
}
