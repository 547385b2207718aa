import { UserError } from '../../shared/problem.ts';
import { createRandom } from '../../shared/random.ts';

export interface SpeakerSplit<T> {
  train: T[];
  dev: T[];
}

/** Draws whole speakers for the dev part until it holds `share` of the audio, so that no speaker is in both. */
export function splitSpeakers<T extends { speaker?: string; durationSec?: number }>(
  utterances: readonly T[],
  share: number,
  seed: number,
): SpeakerSplit<T> {
  const seconds = new Map<string, number>();
  for (const { speaker, durationSec } of utterances) {
    if (speaker === undefined)
      throw new UserError('some utterances have no speaker: a split by speaker is not possible');
    seconds.set(speaker, (seconds.get(speaker) ?? 0) + (durationSec ?? 0));
  }
  if (seconds.size < 2) throw new UserError('there is only one speaker: a split by speaker is not possible');
  const speakers = createRandom('dev speakers', seed).shuffle([...seconds.keys()].sort());
  const wanted = share * [...seconds.values()].reduce((sum, value) => sum + value, 0);
  const chosen = new Set<string>();
  let total = 0;
  for (const speaker of speakers) {
    if (total >= wanted || chosen.size === speakers.length - 1) break;
    chosen.add(speaker);
    total += seconds.get(speaker)!;
  }
  return {
    train: utterances.filter(({ speaker }) => !chosen.has(speaker!)),
    dev: utterances.filter(({ speaker }) => chosen.has(speaker!)),
  };
}
