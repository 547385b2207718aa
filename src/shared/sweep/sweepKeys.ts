import { UserError } from '../problem.ts';

/** What a sweep tries at one key: listed values, or a range that is drawn from or divided. */
export type SweepKey = { key: string; values: string[] } | ({ key: string } & SweepRange);

export interface SweepRange {
  low: number;
  high: number;
  /** Log: equal ratios are equally far apart. */
  scale: 'log' | 'linear';
  /** The key takes whole numbers only. */
  whole: boolean;
  /** Values of a grid, both ends included; absent where values are drawn. */
  count?: number;
}

const rangeForm = /^([^,[\]]+?)\.\.([^,[\]/:]+)(?:\/(\d+))?(?::(log|linear))?$/;
/** A range this wide is taken in equal ratios unless it says otherwise. */
const wideRatio = 10;

/**
 * Reads `key=a,b,c` (values are YAML, commas inside brackets and quotes belong to a value), `key=low..high` or
 * `key=low..high/5`, each with `:log` or `:linear` where the width of the range shall not decide.
 */
export function parseSweepKey(text: string, isWhole: (key: string) => boolean): SweepKey {
  const equals = text.indexOf('=');
  const key = text.slice(0, Math.max(0, equals)).trim();
  const written = text.slice(equals + 1).trim();
  if (key === '' || written === '')
    throw new UserError(`--key "${text}" is not key=values, such as optimizer.learningRate=1e-4,3e-4,1e-3`);
  const range = rangeForm.exec(written);
  if (range) return { key, ...readRange(key, range, isWhole(key)) };
  const values = splitValues(written);
  if (values.some((value) => value === '')) throw new UserError(`--key ${key}: a value of "${written}" is empty`);
  return { key, values: [...new Set(values)] };
}

function readRange(key: string, [, first, last, count, scale]: RegExpExecArray, whole: boolean): SweepRange {
  const [low, high] = [Number(first), Number(last)];
  if (!Number.isFinite(low) || !Number.isFinite(high) || low >= high)
    throw new UserError(`--key ${key}: "${first}..${last}" is not a range of two numbers, the lower one first`);
  if (scale === 'log' && low <= 0) throw new UserError(`--key ${key}: a logarithmic range begins above 0`);
  if (count !== undefined && Number(count) < 2) throw new UserError(`--key ${key}: /${count} is not at least /2`);
  return {
    low,
    high,
    scale: (scale as SweepRange['scale'] | undefined) ?? (low > 0 && high / low >= wideRatio ? 'log' : 'linear'),
    whole,
    ...(count === undefined ? {} : { count: Number(count) }),
  };
}

/** `[0.9, 1.1],"a,b",c`: three values. */
function splitValues(text: string): string[] {
  const values = [''];
  let depth = 0;
  let quote = '';
  for (const character of text) {
    if (quote) quote = character === quote ? '' : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '[' || character === '{') depth++;
    else if (character === ']' || character === '}') depth--;
    if (character === ',' && depth === 0 && quote === '') values.push('');
    else values[values.length - 1] += character;
  }
  return values.map((value) => value.trim());
}

/** The value at a share from 0 to 1 of a range, with as many digits as one would write. */
export function valueAt({ low, high, scale, whole }: SweepRange, share: number): string {
  const value = scale === 'log' ? low * (high / low) ** share : low + (high - low) * share;
  return writeNumber(whole ? Math.round(value) : value);
}

/** `3e-4`, `0.05`, `256`: three digits that count, whole numbers in full. */
export function writeNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value);
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  return size >= 1e-3 && size < 1e6 ? String(rounded) : rounded.toExponential().replace('e+', 'e');
}
