import { HttpError } from './httpError.ts';
import { type Encoding, encodings } from './streamInput.ts';

/** What the query of `/v1/stream` says. */
export interface StreamSetup {
  model: string | undefined;
  encoding: Encoding;
  /** Undefined: the model's own. */
  sampleRateHz: number | undefined;
}

const rates = { min: 4000, max: 192_000 };

/** Throws a 400 that names the parameter. */
export function readStreamSetup(query: string): StreamSetup {
  const parameters = new URLSearchParams(query);
  for (const name of new Set(parameters.keys())) {
    if (/token|key|auth/i.test(name)) throw wrong('query', 'must hold no token: URLs are logged; send Authorization');
    if (!['model', 'encoding', 'sample_rate'].includes(name)) throw wrong(name, 'is not known here');
    if (parameters.getAll(name).length > 1) throw wrong(name, 'is given twice');
  }
  const encoding = encodings.find((name) => name === (parameters.get('encoding') ?? 'pcm16'));
  if (!encoding) throw wrong('encoding', `must be one of ${encodings.join(', ')}`);
  const written = parameters.get('sample_rate');
  const sampleRateHz = written === null ? undefined : Number(written);
  const whole = sampleRateHz === undefined || /^\d{1,6}$/.test(written!);
  if (!whole || (sampleRateHz !== undefined && !(sampleRateHz >= rates.min && sampleRateHz <= rates.max)))
    throw wrong('sample_rate', `must be a whole number from ${rates.min} to ${rates.max}`);
  return { model: parameters.get('model') ?? undefined, encoding, sampleRateHz };
}

const wrong = (param: string, what: string) =>
  new HttpError(400, `"${param.slice(0, 100)}" ${what}`, { code: 'invalid_value', param: param.slice(0, 100) });
