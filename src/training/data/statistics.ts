import { createMoments, type FeatureStatistics, finishStatistics, mergeStatistics } from '../../dsp/normalization.ts';
import { createRandom } from '../../shared/random.ts';
import type { Example } from './examples.ts';
import type { FeaturePool } from './featurePool.ts';

const chunk = 16;
/** Ten hours give the mean of a mel band to a hundredth of a decibel; more would only delay the start. */
const enoughSec = 36_000;

/** Mean and deviation per bin over the training set, or over a random part of a large one. The pool's timing changes nothing. */
export async function measureStatistics(
  examples: readonly Example[],
  options: { bins: number; sampleRateHz: number; seed: number },
  pool: FeaturePool,
): Promise<FeatureStatistics> {
  const chosen = chooseEnough(examples, options);
  const parts = [];
  for (let start = 0; start < chosen.length; start += chunk)
    parts.push(pool.run({ kind: 'moments', clips: chosen.slice(start, start + chunk).map(({ range }) => range) }));
  const total = createMoments(options.bins);
  for (const part of parts) for (const clip of await part) if (!('severity' in clip)) mergeStatistics(total, clip);
  return finishStatistics(total);
}

function chooseEnough(
  examples: readonly Example[],
  { sampleRateHz, seed }: { sampleRateHz: number; seed: number },
): Example[] {
  const limit = enoughSec * sampleRateHz;
  if (examples.reduce((sum, { samples }) => sum + samples, 0) <= limit) return [...examples];
  const chosen: Example[] = [];
  let taken = 0;
  for (const example of createRandom(seed, 'statistics').shuffle([...examples])) {
    if (taken >= limit) break;
    chosen.push(example);
    taken += example.samples;
  }
  return chosen;
}
