import type { Check } from '../src/shared/protocol/check.ts';
import type { Random } from '../src/shared/random.ts';

/** The checks of one end of a wire, by method. */
export type CheckTable = Record<string, Check<unknown[]>>;

/** Calls that an end accepts, one or more per method, as the soil for damaged ones. */
export type ValidCalls = Record<string, unknown[][]>;

const names = [
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'valueOf', '', ' ', 'open '],
  ...['dispose', 'remote', 'eval', 'length', '0', '\ud800', '💣', 'a\u0000b'],
];
const texts = [
  ...names,
  ...['<img src=x onerror=alert(1)>', '../../../../etc/passwd', 'file:///etc/passwd', 'command:asr.train'],
  ...['{{7*7}}', '%00', 'x'.repeat(5000), '\u202e\u2066', 'NaN', '-1', 'javascript:alert(1)'],
];
const numbers = [
  ...[0, -0, 1, -1, 2, 0.5, -0.5, 1e-300, 1e300, 2 ** 31, -(2 ** 31), 2 ** 32, 2 ** 53 - 1, 2 ** 53, -(2 ** 53)],
  ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 40, 63, 1e9],
];

/** Any value that can cross a wire of structured clones. */
export function hostileValue(random: Random, depth = 0): unknown {
  const pick = <T>(list: readonly T[]): T => list[random.below(list.length)]!;
  const many = (make: () => unknown) => Array.from({ length: random.below(6) }, make);
  switch (random.below(depth > 3 ? 9 : 14)) {
    case 0:
      return pick(numbers);
    case 1:
      return pick(texts);
    case 2:
      return pick([true, false, null, undefined]);
    case 3:
      return 10n ** BigInt(random.below(30));
    case 4:
      return new Date(pick(numbers));
    case 5:
      return new ArrayBuffer(random.below(64));
    case 6:
      return new Float64Array(random.below(8)).fill(pick(numbers));
    case 7:
      return new Error(pick(texts));
    case 8:
      return /(a+)+$/;
    case 9:
      return new Map([[pick(texts), hostileValue(random, depth + 1)]]);
    case 10:
      return new Set(many(() => hostileValue(random, depth + 1)));
    case 11:
      return deepArray(random.below(200));
    case 12:
      return many(() => hostileValue(random, depth + 1));
    default:
      return Object.fromEntries(many(() => [pick(texts), hostileValue(random, depth + 1)]) as [string, unknown][]);
  }
}

function deepArray(depth: number): unknown {
  let value: unknown = [];
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

/** A message that is no call of these, made of real ones and of anything else. Well-formed calls are left out. */
export function hostileMessage(checks: CheckTable, valid: ValidCalls, random: Random): unknown {
  for (;;) {
    const message = anyMessage(checks, valid, random);
    if (!isWellFormed(checks, message)) return message;
  }
}

function anyMessage(checks: CheckTable, valid: ValidCalls, random: Random): unknown {
  const methods = Object.keys(checks);
  const method = methods[random.below(methods.length)]!;
  const call = random.below(1_000_000);
  const soil = valid[method];
  switch (random.below(7)) {
    case 0:
      return hostileValue(random);
    case 1:
      return { call: hostileValue(random), method, parameters: soil?.[0] ?? [] };
    case 2:
      return { call, method: names[random.below(names.length)], parameters: [hostileValue(random)] };
    case 3:
      return { call, method, parameters: hostileValue(random) };
    case 4:
      return { call, method, parameters: Array.from({ length: random.below(6) }, () => hostileValue(random)) };
    case 5:
      return { answer: hostileValue(random), value: hostileValue(random), failure: hostileValue(random) };
    default:
      if (!soil) return { call, method, parameters: [hostileValue(random)] };
      return { call, method, parameters: damaged(soil[random.below(soil.length)]!, random) as unknown[] };
  }
}

/** A valid value in which one place, at any depth, holds something else. */
export function damaged(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || value instanceof ArrayBuffer || random.below(4) === 0)
    return hostileValue(random, 2);
  const copy = Array.isArray(value) ? [...(value as unknown[])] : { ...value };
  const keys = Object.keys(copy);
  if (keys.length === 0) return hostileValue(random, 2);
  const key = keys[random.below(keys.length)]!;
  const holder = copy as Record<string, unknown>;
  if (random.below(8) === 0) delete holder[key];
  else holder[key] = damaged(holder[key], random);
  return copy;
}

export function isWellFormed(checks: CheckTable, message: unknown): boolean {
  if (typeof message !== 'object' || message === null) return false;
  const { call, method, parameters } = message as Record<string, unknown>;
  const known = Number.isSafeInteger(call) && typeof method === 'string' && Object.hasOwn(checks, method);
  return known && checks[method as string]!(parameters as unknown[]);
}
