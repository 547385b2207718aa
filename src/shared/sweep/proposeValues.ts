import { type ConfigKey, configKeys, experimentJsonSchema, type JsonSchema } from '../config/configKeys.ts';
import { parseExperiment } from '../config/parseExperiment.ts';
import { writeNumber } from './sweepKeys.ts';

/** Values to try at a key, as `asr sweep --key key=…` takes them. */
export interface SweepProposal {
  values: string;
  reason: string;
  /** A range to draw from; the others are listed. */
  drawn: boolean;
}

/** What is usually worth a sweep, most telling first. */
const usual = [
  'optimizer.learningRate',
  'model.dropout',
  'optimizer.weightDecay',
  'training.batchSeconds',
  'schedule.type',
  'schedule.warmupFraction',
  'model.rnn.hiddenSize',
  'model.rnn.layers',
  'loss.ctcWeight',
  'seed',
];
/** What makes no better model, or has no score to compare. */
const pointless =
  /^(version|name|data|text)\b|^training\.(device|threads|checkpointEverySec|keepCheckpoints|epochs|earlyStopEpochs)$|^decoding\.|\[\]/;
/** Across orders of magnitude. */
const logarithmic = new Set(['optimizer.learningRate', 'optimizer.weightDecay', 'schedule.minLearningRate']);

/** Keys that a sweep is proposed for. */
export function sweepableKeys(): ConfigKey[] {
  const rank = ({ path }: ConfigKey) => (usual.includes(path) ? usual.indexOf(path) : usual.length);
  return configKeys()
    .filter(({ path, section }) => !section && !pointless.test(path))
    .filter((key) => listed(key).length > 1 || numberAt(key.path) !== undefined)
    .sort((a, b) => rank(a) - rank(b));
}

/** The same without the values that this config cannot have, by its schema or by what its keys demand of each other. */
export function workingProposals(text: string, key: ConfigKey, current: string | undefined): SweepProposal[] {
  const works = (value: string) =>
    parseExperiment(text, 'experiment', [`${key.path}=${value}`]).experiment !== undefined;
  return proposeValues(key, current).flatMap((proposal) => {
    // A range counts by its ends.
    if (proposal.drawn) return proposal.values.replace(/:\w+$/, '').split('..').every(works) ? [proposal] : [];
    const values = proposal.values.split(',').filter(works);
    return values.length < 2 ? [] : [{ ...proposal, values: values.join(',') }];
  });
}

/** Sensible values of a key, from its schema and what it is now (as JSON). */
export function proposeValues(key: ConfigKey, current: string | undefined): SweepProposal[] {
  const every = listed(key);
  if (every.length > 1) return [{ values: every.join(','), reason: 'every value', drawn: false }];
  const schema = numberAt(key.path);
  if (!schema) return [];
  const written = Number(current ?? Number.NaN);
  // `auto` is no number to begin from.
  const now = Number.isNaN(written) ? Number(key.default) : written;
  const fits = (value: number) => value >= lowest(schema) && value <= highest(schema);
  const list = (values: number[], reason: string): SweepProposal[] => {
    const different = [...new Set(values.filter(fits).map((value) => writeNumber(whole(schema, value))))];
    return different.length < 2 ? [] : [{ values: different.join(','), reason, drawn: false }];
  };
  if (key.path === 'seed') return list([1, 2, 3], 'how much of a difference is chance');
  if (logarithmic.has(key.path)) {
    const middle = now > 0 ? now : 1e-3;
    // As one would write them: 3e-4 beside 1e-3.
    const [tenth, third, thrice, tenfold] = [1 / 10, 1 / 3, 3, 10].map((by) => Number((middle * by).toPrecision(1)));
    const bounds = [tenth!, tenfold!].map((value) => writeNumber(Math.min(value, highest(schema))));
    return [
      ...list([third!, middle, thrice!], `around ${writeNumber(middle)}, by factors of 3`),
      ...list([tenth!, third!, middle, thrice!, tenfold!], 'two orders of magnitude'),
      { values: `${bounds.join('..')}:log`, reason: 'drawn, equal ratios equally likely', drawn: true },
    ];
  }
  if (highest(schema) <= 1)
    return [
      ...list([now - 0.1, now, now + 0.1], `around ${writeNumber(now)}`),
      ...list([0, 0.1, 0.2, 0.3, 0.5], 'from none to half'),
      { values: '0..0.5:linear', reason: 'drawn, evenly', drawn: true },
    ];
  if (!(now > 0)) return list([0, 1, 2, 4], 'from none');
  const few = schema.type === 'integer' && now < 8;
  return few
    ? list([now - 1, now, now + 1], `around ${now}`)
    : list([now / 2, now, now * 2], `half, as now, and twice ${writeNumber(now)}`);
}

const whole = ({ type }: JsonSchema, value: number) => (type === 'integer' ? Math.round(value) : value);
const lowest = ({ minimum, exclusiveMinimum, type }: JsonSchema) =>
  minimum ??
  (exclusiveMinimum === undefined
    ? Number.NEGATIVE_INFINITY
    : exclusiveMinimum + (type === 'integer' ? 1 : Number.MIN_VALUE));
const highest = ({ maximum, exclusiveMaximum }: JsonSchema) => maximum ?? exclusiveMaximum ?? Number.POSITIVE_INFINITY;

/** All values, where there are only these. */
function listed({ path, values }: ConfigKey): readonly string[] {
  const choices = choicesAt(path).map((choice) => choice.const);
  return values ?? (choices.includes(undefined) ? [] : choices.map(String));
}

/** The number in the schema of a key, also where another value may stand instead. */
const numberAt = (path: string): JsonSchema | undefined =>
  choicesAt(path).find((choice) => choice.const === undefined && /^(number|integer)$/.test(choice.type ?? ''));

function choicesAt(path: string): JsonSchema[] {
  schemaOfAll ??= experimentJsonSchema();
  let schema: JsonSchema | undefined = schemaOfAll;
  for (const part of path.split('.')) schema = schema?.properties?.[part];
  return schema?.anyOf ?? (schema ? [schema] : []);
}
let schemaOfAll: JsonSchema | undefined;
