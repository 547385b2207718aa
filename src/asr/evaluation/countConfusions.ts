import type { Confusion, Confusions, ReportUtterance } from '../../shared/evaluation/evaluationReport.ts';
import { alignSequences } from '../errorRate.ts';

/** Of each list; rarer ones than these say nothing that the utterances do not. */
const listLimit = 1000;
/** Utterances named with a confusion. */
const namedUtterances = 10;

/** What was taken for what, most frequent first, then by text; characters by the alignment that the CER counts. */
export function countConfusions(utterances: readonly ReportUtterance[]): Confusions {
  const words = new Map<string, Confusion>();
  const characters = new Map<string, Confusion>();
  for (const { id, words: columns, reference, hypothesis } of utterances) {
    for (const column of columns) add(words, column, id);
    for (const pair of alignSequences([...reference], [...hypothesis])) add(characters, pair, id);
  }
  return { words: sorted(words), characters: sorted(characters) };
}

function add(
  confusions: Map<string, Confusion>,
  { kind, reference = '', hypothesis = '' }: { kind: string; reference?: string; hypothesis?: string },
  id: string,
): void {
  if (kind === 'match') return;
  const key = JSON.stringify([reference, hypothesis]);
  const known = confusions.get(key);
  if (!known) {
    confusions.set(key, { reference, hypothesis, count: 1, utterances: [id] });
    return;
  }
  known.count++;
  if (known.utterances.length < namedUtterances && known.utterances.at(-1) !== id) known.utterances.push(id);
}

const sorted = (confusions: Map<string, Confusion>): Confusion[] =>
  [...confusions.values()]
    .sort((a, b) => b.count - a.count || compare(a.reference, b.reference) || compare(a.hypothesis, b.hypothesis))
    .slice(0, listLimit);

/** By code units: the order must not depend on the machine's language. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
