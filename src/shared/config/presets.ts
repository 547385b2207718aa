import type { z } from 'zod';
import type { Experiment, experimentSchema } from './schema.ts';

export type PresetName = Experiment['preset'];
type Draft<T> = T extends readonly unknown[] ? T : T extends object ? { [K in keyof T]?: Draft<T[K]> } : T;

/** What each preset changes against the schema's defaults; a name without a row does not compile. */
export const presets: Record<PresetName, Draft<z.input<typeof experimentSchema>>> = {
  small: {},
};

/** The preset's keys under those the user wrote; lists are taken whole. */
export function withPreset(written: unknown): unknown {
  if (!isSection(written)) return written;
  const name = Object.hasOwn(written, 'preset') ? written.preset : 'small';
  return typeof name === 'string' && Object.hasOwn(presets, name)
    ? merge(presets[name as PresetName], written)
    : written;
}

function merge(base: unknown, over: unknown): unknown {
  if (!isSection(base) || !isSection(over)) return over;
  const result: Record<string, unknown> = Object.assign(Object.create(null), base);
  for (const key of Object.keys(over)) result[key] = key in result ? merge(result[key], over[key]) : over[key];
  return { ...result };
}

const isSection = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
