import type { EvaluationReport, ModelComparison } from './evaluationReport.ts';

/**
 * The report in the text of a `report.json`, or why it is none. Reports come from disks and repositories of others:
 * everything that readers rely on is looked at.
 */
export function parseReport(text: string): { report: EvaluationReport } | { reason: string } {
  const parsed = parse(text, reportShape);
  return 'reason' in parsed ? parsed : { report: parsed.value as EvaluationReport };
}

/** The same for the text of a `comparison.json`. */
export function parseComparison(text: string): { comparison: ModelComparison } | { reason: string } {
  const parsed = parse(text, comparisonShape);
  return 'reason' in parsed ? parsed : { comparison: parsed.value as ModelComparison };
}

function parse(text: string, shape: Shape): { value: unknown } | { reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'it is not JSON' };
  }
  if (typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number') {
    if (value.version > 1) return { reason: `it is of version ${value.version}, which a newer engine wrote` };
  }
  const reason = shape(value, '');
  return reason === undefined ? { value } : { reason };
}

/** Says what is wrong with a value at a place, or nothing. */
type Shape = (value: unknown, place: string) => string | undefined;

const primitive =
  (type: 'string' | 'number', test: (value: unknown) => boolean): Shape =>
  (value, place) =>
    test(value) ? undefined : `${place || 'the document'} must be a ${type}`;

const text = primitive('string', (value) => typeof value === 'string');
const number = primitive('number', (value) => typeof value === 'number' && Number.isFinite(value));

const oneOf =
  (...choices: readonly unknown[]): Shape =>
  (value, place) =>
    choices.includes(value) ? undefined : `${place} must be ${choices.join(' or ')}`;

const optional =
  (shape: Shape): Shape =>
  (value, place) =>
    value === undefined ? undefined : shape(value, place);

const nullable =
  (shape: Shape): Shape =>
  (value, place) =>
    value === null ? undefined : shape(value, place);

const list =
  (shape: Shape): Shape =>
  (value, place) => {
    if (!Array.isArray(value)) return `${place} must be a list`;
    for (const [i, entry] of value.entries()) {
      const fault = shape(entry, `${place}[${i}]`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };

const record =
  (keys: Readonly<Record<string, Shape>>): Shape =>
  (value, place) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return `${place || 'the document'} must be an object`;
    for (const [key, shape] of Object.entries(keys)) {
      const own = Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
      const fault = shape(own, place === '' ? key : `${place}.${key}`);
      if (fault !== undefined) return fault;
    }
    return undefined;
  };

const counts = record({ substitutions: number, deletions: number, insertions: number, reference: number });
const range: Shape = (value, place) =>
  list(number)(value, place) ?? ((value as unknown[]).length === 2 ? undefined : `${place} must be two numbers`);

const scores = {
  wer: number,
  cer: number,
  sentenceErrorRate: number,
  words: counts,
  characters: counts,
  interval95: range,
  realTimeFactor: number,
  utterances: number,
  skipped: number,
  excluded: number,
};

const model = record({
  path: text,
  source: text,
  name: text,
  parameters: nullable(number),
  weightsSha256: text,
  seed: nullable(number),
});

const card = record({
  model,
  members: optional(list(model)),
  manifest: record({ path: text, sha256: text, utterances: number, durationSec: number, speakers: number }),
  decoder: text,
  languageModel: nullable(record({ path: text, sha256: text, order: number, weight: number, wordBonus: number })),
  normalization: list(text),
  seed: nullable(number),
  training: nullable(record({ epochs: nullable(number), manifests: list(text) })),
  machine: record({ cpu: text, cores: number, threads: number, platform: text, memoryBytes: number }),
  engineVersion: text,
  runtimeVersion: text,
  date: text,
  command: list(text),
});

const word = record({
  kind: oneOf('match', 'substitution', 'deletion', 'insertion'),
  reference: optional(text),
  hypothesis: optional(text),
  startSec: optional(number),
  endSec: optional(number),
  confidence: optional(number),
});

const utterance = record({
  id: text,
  audioFilepath: text,
  audio: text,
  offsetSec: number,
  durationSec: number,
  speaker: optional(text),
  manifest: text,
  line: number,
  reference: text,
  hypothesis: text,
  counts,
  characterErrors: number,
  words: list(word),
  snrDb: optional(number),
  speechRate: number,
});

const confusion = record({ reference: text, hypothesis: text, count: number, utterances: list(text) });

const reportShape = record({
  version: oneOf(1),
  card,
  scores: record(scores),
  combined: optional(list(record({ name: text, ...scores }))),
  confusions: record({ words: list(confusion), characters: list(confusion) }),
  slices: list(
    record({
      by: oneOf('speaker', 'duration', 'speechRate', 'snr'),
      name: text,
      utterances: number,
      words: counts,
      wer: number,
      interval95: range,
    }),
  ),
  reliability: list(
    record({ lowConfidence: number, highConfidence: number, words: number, meanConfidence: number, right: number }),
  ),
  utterances: list(utterance),
  problems: list(
    record({
      code: text,
      severity: oneOf('error', 'warning', 'info'),
      message: text,
      file: optional(text),
      line: optional(number),
      column: optional(number),
    }),
  ),
});

const comparisonShape = record({
  version: oneOf(1),
  before: card,
  after: card,
  scores: record({ before: record(scores), after: record(scores) }),
  significance: record({
    method: oneOf('normal', 'sign-flip'),
    p: number,
    z: nullable(number),
    difference: number,
    interval95: range,
    utterances: number,
  }),
  utterances: list(
    record({
      id: text,
      change: oneOf('fixed', 'better', 'same', 'different', 'worse', 'broken'),
      before: utterance,
      after: utterance,
    }),
  ),
  onlyBefore: list(text),
  onlyAfter: list(text),
});
