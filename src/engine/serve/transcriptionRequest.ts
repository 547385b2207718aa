import { HttpError } from './httpError.ts';

export const responseFormats = ['json', 'text', 'srt', 'vtt', 'verbose_json'] as const;
export type ResponseFormat = (typeof responseFormats)[number];

/** What `POST /v1/audio/transcriptions` asks for beside its file. */
export interface TranscriptionRequest {
  /** Undefined: the only one there is. */
  model: string | undefined;
  format: ResponseFormat;
  words: boolean;
  segments: boolean;
  /** Told back; the model speaks what it was trained on. */
  language: string | undefined;
}

/** Known of OpenAI's interface but without meaning here: no text conditions these models, and nothing is drawn. */
const withoutEffect = ['prompt', 'chunking_strategy'];
const known = ['model', 'language', 'response_format', 'temperature', 'timestamp_granularities[]', 'stream'];

/** Checks a form's fields; throws a 400 that names the parameter and says what it should be. */
export function readTranscriptionRequest(fields: ReadonlyMap<string, readonly string[]>): TranscriptionRequest {
  for (const [name, values] of fields) {
    const list = name === 'timestamp_granularities[]' || name === 'timestamp_granularities';
    if (!list && ![...known, ...withoutEffect].includes(name)) throw wrong(name, 'is not known here');
    if (!list && values.length > 1) throw wrong(name, 'is given twice');
  }
  const one = (name: string) => fields.get(name)?.[0];
  const format = one('response_format') ?? 'json';
  if (!isFormat(format)) throw wrong('response_format', `must be one of ${responseFormats.join(', ')}`);
  const granularities = [
    ...(fields.get('timestamp_granularities[]') ?? []),
    ...(fields.get('timestamp_granularities') ?? []),
  ];
  for (const granularity of granularities)
    if (granularity !== 'word' && granularity !== 'segment')
      throw wrong('timestamp_granularities', 'must be word or segment');
  if (granularities.length > 0 && format !== 'verbose_json')
    throw wrong('timestamp_granularities', 'needs response_format verbose_json');
  checkTemperature(one('temperature'));
  const stream = one('stream');
  if (stream !== undefined && stream !== 'false')
    throw wrong('stream', 'must be false: text as it is heard comes from the WebSocket /v1/stream');
  const language = one('language');
  if (language !== undefined && !/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language))
    throw wrong('language', 'must be a language code such as en');
  const model = one('model');
  if (model === '') throw wrong('model', 'is empty');
  const words = granularities.includes('word');
  return { model, format, words, segments: granularities.includes('segment') || !words, language };
}

function checkTemperature(written: string | undefined): void {
  if (written === undefined) return;
  const value = Number(written);
  if (written.trim() === '' || !(value >= 0 && value <= 1)) throw wrong('temperature', 'must be a number from 0 to 1');
}

const isFormat = (name: string): name is ResponseFormat => (responseFormats as readonly string[]).includes(name);

const wrong = (param: string, what: string) =>
  new HttpError(400, `"${param.slice(0, 100)}" ${what}`, { code: 'invalid_value', param: param.slice(0, 100) });
