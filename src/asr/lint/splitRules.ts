import type { Problem } from '../../shared/problem.ts';
import type { Utterance } from '../manifest.ts';
import { atUtterance } from './utteranceRules.ts';

export interface DataSet {
  train: readonly Utterance[];
  dev: readonly Utterance[];
}

/** A recording, speaker or sentence in both splits makes the error rate look better than it is. */
export function checkSplits({ train, dev }: DataSet): Problem[] {
  if (dev.length === 0) return [];
  const problems: Problem[] = [];
  const recordings = new Set(train.map(audioKey));
  const speakers = new Set(train.flatMap(({ speaker }) => (speaker === undefined ? [] : [speaker])));
  const sentences = new Set(train.map(({ text }) => text));
  const leaked = new Map<string, Utterance[]>();
  let sameText = 0;
  for (const utterance of dev) {
    if (recordings.has(audioKey(utterance))) {
      const message = `${utterance.audioFilepath} is also trained on`;
      problems.push(atUtterance(utterance, { code: 'split-leak', severity: 'error', message }, 'audio'));
    }
    if (utterance.speaker !== undefined && speakers.has(utterance.speaker)) {
      const known = leaked.get(utterance.speaker);
      if (known) known.push(utterance);
      else leaked.set(utterance.speaker, [utterance]);
    }
    if (sentences.has(utterance.text)) sameText++;
  }
  for (const [speaker, utterances] of leaked) {
    const message = `speaker ${speaker} (${utterances.length} dev utterances) is also trained on; split by speaker`;
    problems.push(atUtterance(utterances[0]!, { code: 'speaker-leak', severity: 'warning', message }, 'speaker'));
  }
  if (sameText > 0) {
    const message = `${sameText} of ${dev.length} dev transcripts are also trained on: fine for a fixed set of commands, too easy for dictation`;
    problems.push(atUtterance(dev[0]!, { code: 'text-leak', severity: 'info', message }));
  }
  return problems;
}

const audioKey = ({ file, audioFilepath, offsetSec }: Utterance) =>
  `${file.slice(0, file.lastIndexOf('/') + 1)}${audioFilepath}@${offsetSec ?? 0}`;

/** Recordings with the same samples under several names; `digests` tell them, those of `train` before those of `dev`. */
export function checkCopies(
  { train, dev }: DataSet,
  digests: readonly (string | undefined)[],
): Map<Utterance, Problem> {
  const found = new Map<Utterance, Problem>();
  const utterances = [...train, ...dev];
  const first = new Map<string, number>();
  for (const [i, utterance] of utterances.entries()) {
    const digest = digests[i];
    if (digest === undefined) continue;
    const before = first.get(digest);
    if (before === undefined) {
      first.set(digest, i);
      continue;
    }
    const other = utterances[before]!;
    // Two lines with one name are told as such.
    if (audioKey(other) === audioKey(utterance)) continue;
    const leak = before < train.length && i >= train.length;
    const differs = other.text === utterance.text ? '' : ', with another transcript';
    const message = `${utterance.audioFilepath} holds the same samples as ${other.audioFilepath} (line ${other.line}${leak ? ' of the training data' : ''})${differs}`;
    const [code, severity] = leak ? (['split-leak', 'error'] as const) : (['audio-duplicate', 'warning'] as const);
    found.set(utterance, atUtterance(utterance, { code, severity, message }, 'audio'));
  }
  return found;
}
