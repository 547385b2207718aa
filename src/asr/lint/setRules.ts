import type { Problem } from '../../shared/problem.ts';
import type { Utterance } from '../manifest.ts';
import { replacementOf } from './textRules.ts';
import { atUtterance } from './utteranceRules.ts';

/** A line differs from its set only where the set has a habit: this many lines, and this share of them. */
const linesForHabit = 20;
const habit = 0.95;

/** Transcripts in another case than nearly all others; digits where nearly all others spell numbers out. */
export function checkHabits(utterances: readonly Utterance[]): Map<Utterance, Problem> {
  const found = new Map<Utterance, Problem>();
  const cases = countBy(utterances, ({ text }) => caseOf(text));
  const lettered = utterances.length - (cases.get('none') ?? 0);
  const usual = (['upper', 'lower'] as const).find((name) => (cases.get(name) ?? 0) >= habit * lettered);
  if (lettered >= linesForHabit && usual && cases.get(usual) !== lettered) {
    for (const utterance of utterances) {
      const its = caseOf(utterance.text);
      if (its === 'none' || its === usual) continue;
      const message = `the other transcripts are ${usual} case`;
      const mended = usual === 'upper' ? utterance.text.toUpperCase() : utterance.text.toLowerCase();
      const problem = atUtterance(utterance, { code: 'casing', severity: 'warning', message }, 'text');
      found.set(utterance, { ...problem, fix: replacementOf(utterance, mended) });
    }
  }
  const numbers = utterances.filter(({ text }) => /\p{Nd}/u.test(text));
  if (utterances.length >= linesForHabit && numbers.length <= (1 - habit) * utterances.length) {
    for (const utterance of numbers) {
      if (found.has(utterance)) continue;
      const message = 'digits can be read in several ways; write them as they are spoken, as the other transcripts do';
      found.set(utterance, atUtterance(utterance, { code: 'digits', severity: 'info', message }, 'text'));
    }
  }
  return found;
}

function caseOf(text: string): 'upper' | 'lower' | 'mixed' | 'none' {
  const [upper, lower] = [text.toUpperCase(), text.toLowerCase()];
  if (upper === lower) return 'none';
  return text === upper ? 'upper' : text === lower ? 'lower' : 'mixed';
}

function countBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) {
    const its = key(item);
    counts.set(its, (counts.get(its) ?? 0) + 1);
  }
  return counts;
}

/** Too little text or audio has no rate to speak of. */
const fewestCharacters = 8;
const shortestSec = 0.5;
/** Nobody speaks faster; read speech has about 15 characters per second. */
const fastestPerSec = 45;
/** Speakers and pauses differ by a factor of two; four times as fast or slow as the median is another text. */
const oddFactor = 4;
const oddDeviations = 6;

/**
 * Utterances whose text and length do not belong together: too many characters a second to be spoken, or far from the
 * rest of their set (by the median and the median deviation of the logarithm, which a few wrong ones do not move).
 */
export function checkRates(utterances: readonly Utterance[], durationsSec: Float64Array): Map<Utterance, Problem> {
  const logs = Float64Array.from(utterances, ({ text }, i) => {
    const characters = text.replace(/\s/gu, '').length;
    const durationSec = durationsSec[i]!;
    return characters >= fewestCharacters && durationSec >= shortestSec
      ? Math.log(characters / durationSec)
      : Number.NaN;
  });
  const rated = logs.filter((log) => !Number.isNaN(log));
  const median = medianOf(rated);
  const deviation = 1.4826 * medianOf(rated.map((log) => Math.abs(log - median)));
  const compared = rated.length >= linesForHabit;
  const bound = compared ? Math.max(Math.log(oddFactor), oddDeviations * deviation) : Infinity;
  const found = new Map<Utterance, Problem>();
  for (const [i, utterance] of utterances.entries()) {
    const rate = Math.exp(logs[i]!);
    if (!(rate > fastestPerSec || Math.abs(logs[i]! - median) > bound)) continue;
    const usual = compared ? `; the median here is ${Math.exp(median).toFixed(1)}` : '';
    const message = `${rate.toFixed(1)} characters per second${usual}: is this its transcript?`;
    found.set(utterance, atUtterance(utterance, { code: 'speech-rate', severity: 'warning', message }, 'text'));
  }
  return found;
}

function medianOf(values: Float64Array): number {
  return values.length === 0 ? 0 : values.toSorted()[values.length >> 1]!;
}
