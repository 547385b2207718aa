import { addErrors, errorRate, NO_ERRORS } from '../../src/asr/errorRate.ts';
import type { ShownErrors, TranscriptItem } from '../../src/shared/protocol/transcripts.ts';
import { fill } from '../ui/fill.ts';
import type { Strings } from './strings.ts';

/** What a request came to, in words: how many, with what error rate over all, and how many failed. */
export function describeOverall(items: readonly TranscriptItem[], text: Strings): string {
  const heard = items.filter(({ state }) => state === 'done');
  const failed = items.filter(({ state }) => state === 'failed').length;
  const compared = heard.flatMap(({ errors }) => (errors ? [errors] : []));
  const sum = compared.reduce<ShownErrors>(addErrors, NO_ERRORS);
  const { substitutions, deletions, insertions, reference } = sum;
  const errors = substitutions + deletions + insertions;
  const rate = [showRate(sum), errors, reference, substitutions, deletions, insertions] as const;
  return [
    fill(text.finished, heard.length),
    ...(compared.length > 0 ? [fill(text.overall, ...rate)] : heard.length > 0 ? [text.noReference] : []),
    ...(failed > 0 ? [fill(text.failedCount, failed)] : []),
  ].join(' · ');
}

export const showRate = (errors: ShownErrors): string => `${(100 * errorRate(errors)).toFixed(1)} %`;
