/** Says whether a value that came from another program has the promised shape. */
export type Check<T> = (value: unknown) => value is T;
/** The type a check vouches for. */
export type Checked<C> = C extends Check<infer T> ? T : never;

export const isString: Check<string> = (value): value is string => typeof value === 'string';
export const isBoolean: Check<boolean> = (value): value is boolean => typeof value === 'boolean';
/** Finite: NaN and infinities never pass a boundary. */
export const isNumber: Check<number> = (value): value is number => Number.isFinite(value);
export const isInteger: Check<number> = (value): value is number => Number.isSafeInteger(value);
export const isBuffer: Check<ArrayBuffer> = (value): value is ArrayBuffer => value instanceof ArrayBuffer;
export const isUndefined: Check<undefined> = (value): value is undefined => value === undefined;

export const oneOf =
  <const T extends string | number | boolean | null>(...options: readonly T[]): Check<T> =>
  (value): value is T =>
    options.includes(value as T);

export const either =
  <T, U>(first: Check<T>, second: Check<U>): Check<T | U> =>
  (value): value is T | U =>
    first(value) || second(value);

export const optional = <T>(check: Check<T>): Check<T | undefined> => either(isUndefined, check);

export const arrayOf =
  <T>(check: Check<T>, maxLength = 1_000_000): Check<T[]> =>
  (value): value is T[] =>
    Array.isArray(value) && value.length <= maxLength && value.every(check);

/** A key that may hold `undefined` is an optional key. */
type Shape<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A plain object with these keys; further keys are allowed, so that two versions can talk. */
export const object =
  <T extends object>(checks: { [K in keyof T]-?: Check<T[K]> }): Check<Shape<T>> =>
  (value): value is Shape<T> => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return Object.keys(checks).every((key) => checks[key as keyof T]((value as T)[key as keyof T]));
  };

/** The parameters of a method; missing trailing ones count as undefined. */
export const parameters =
  <T extends unknown[]>(...checks: { [K in keyof T]: Check<T[K]> }): Check<T> =>
  (value): value is T =>
    Array.isArray(value) && value.length <= checks.length && checks.every((check, index) => check(value[index]));
