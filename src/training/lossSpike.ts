import type { BatchUtterance } from '../shared/run/batchLines.ts';
import { percentile } from './gradientNorms.ts';

/** A step that was made, as far as it tells whether its loss is out of the way of the others. */
export interface DoneStep {
  gradientNorm: number;
  /** Mean over the utterances. */
  loss: number;
  utterances: readonly BatchUtterance[];
}

/** What the losses of steps are compared by: log of the loss per output token, since longer utterances have larger losses. */
export function spikeMeasure({ loss, utterances }: DoneStep): number {
  const tokens = utterances.reduce((sum, each) => sum + each.tokens, 0);
  return Math.log(Math.max(smallest, (loss * utterances.length) / Math.max(1, tokens)));
}

const smallest = 1e-6;
/** Steps to compare with, at least and at most. */
const leastSteps = 50;
export const comparedSteps = 100;
/** Batches of few utterances differ by a factor of two or three all along. */
const leastFactor = 4;
/** In standard deviations of a normal distribution with the spread of the recent steps (1.4826 · MAD). */
const deviations = 6;
/** Nats per token: what a trained model pays for a word it did not expect. */
const leastLoss = 0.3;

/** How many times the median of the recent steps the loss is, where that is a spike; undefined where it is not. */
export function spikeOver(recent: readonly number[], measure: number): number | undefined {
  if (recent.length < leastSteps || measure < Math.log(leastLoss)) return undefined;
  const median = percentile(recent, 0.5);
  const spread = percentile(
    recent.map((value) => Math.abs(value - median)),
    0.5,
  );
  const limit = Math.max(Math.log(leastFactor), deviations * 1.4826 * spread);
  return measure - median > limit ? Math.exp(measure - median) : undefined;
}

/** The utterances behind most of a step's gradient, three at most, largest first; by loss where shares are not known. */
export function leadingUtterances(utterances: readonly BatchUtterance[]): BatchUtterance[] {
  const weight = ({ gradientShare, loss, tokens }: BatchUtterance) =>
    gradientShare ?? (loss ?? 0) / Math.max(1, tokens);
  const ordered = [...utterances].sort((a, b) => weight(b) - weight(a));
  const total = ordered.reduce((sum, each) => sum + weight(each), 0);
  const leading: BatchUtterance[] = [];
  let explained = 0;
  for (const each of ordered) {
    if (leading.length === 3 || explained >= total / 2) break;
    leading.push(each);
    explained += weight(each);
  }
  return leading;
}
