import type { RunModel } from './runModel.ts';

/** `digest.json`: the model that the first `offset` bytes of `events.jsonl` add up to; the offset ends a line. */
export interface RunDigest {
  /** Of the model's own form: a digest of another form is not used. */
  version: number;
  offset: number;
  model: RunModel;
}

/** Raised whenever `RunModel` changes its form. */
export const digestVersion = 1;

export const renderDigest = (offset: number, model: RunModel): string =>
  `${JSON.stringify({ version: digestVersion, offset, model } satisfies RunDigest)}\n`;

/** The digest in a text, or undefined when it is none of this form or speaks of more than the events that there are. */
export function parseDigest(text: string, eventBytes: number): RunDigest | undefined {
  try {
    const value = JSON.parse(text) as Partial<RunDigest> | null;
    const known =
      value?.version === digestVersion && typeof value.offset === 'number' && Array.isArray(value.model?.history);
    return known && value.offset! <= eventBytes ? (value as RunDigest) : undefined;
  } catch {
    return undefined;
  }
}
