import { buildReport } from '../../asr/evaluation/buildReport.ts';
import type { EvaluationReport } from '../../shared/evaluation/evaluationReport.ts';
import type { Measured } from '../model/scoreManifest.ts';
import { heardSet } from './heardSet.ts';
import { type CardParts, resultCard } from './resultCard.ts';

/** The report of what was measured: the last is what it is about, the others what that was made of. */
export async function reportOf(
  measured: readonly Measured[],
  card: Omit<CardParts, 'source' | 'scored'>,
): Promise<EvaluationReport> {
  const first = measured[0]!;
  const main = measured.at(-1)!;
  const heard = heardSet(main, main === first ? main : first, first.snrDb);
  const speakers = new Set(heard.utterances.flatMap(({ speaker }) => speaker ?? []));
  return buildReport({
    card: await resultCard({
      ...card,
      source: main.source,
      scored: { utterances: heard.utterances.length, durationSec: heard.audioSec, speakers: speakers.size },
    }),
    main: heard,
    ...(measured.length > 1
      ? { combined: measured.map((part) => ({ name: part.source, heard: heardSet(part, first) })) }
      : {}),
    problems: first.problems,
  });
}
