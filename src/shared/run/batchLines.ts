/** One utterance of a step, as a line of `batches.jsonl` names it. */
export interface BatchUtterance {
  /** As written in the manifest. */
  audioFilepath: string;
  /** Absolute. */
  manifest: string;
  /** From 1. */
  line: number;
  /** Where the utterance lies in its recording, when it is a part of one. */
  offsetSec?: number;
  /** Of the utterance as recorded. */
  durationSec: number;
  /** Feature frames after speed perturbation, and output tokens. */
  frames: number;
  tokens: number;
  /** Null when it was not finite. */
  loss: number | null;
  /** Share of the batch's squared gradient at the logits, 0 to 1. */
  gradientShare?: number;
}

/** What one step took: a line of `batches.jsonl`. Of several lines for one step the last one counts. */
export interface StepBatch {
  step: number;
  epoch: number;
  utterances: BatchUtterance[];
}

/** What a line begins with, before the rest of it is read. */
export interface BatchLineHead {
  step: number;
  /** Byte at which the lines begin whose steps ascend up to this one: where the run was started or last resumed. */
  start: number;
}

/** A line of the stretch that begins at byte `start`. Manifests are named once a line. */
export function renderStepBatch({ step, epoch, utterances }: StepBatch, start = 0): string {
  const manifests = [...new Set(utterances.map(({ manifest }) => manifest))];
  const rows = utterances.map((utterance) => ({ ...utterance, manifest: manifests.indexOf(utterance.manifest) }));
  return `${JSON.stringify({ step, start, epoch, manifests, utterances: rows })}\n`;
}

/** The batch in a line, or undefined where a crash tore it. */
export function parseStepBatch(line: string): StepBatch | undefined {
  try {
    const value = JSON.parse(line) as (Partial<StepBatch> & { manifests?: string[] }) | null;
    const { step, epoch, manifests, utterances } = value ?? {};
    if (typeof step !== 'number' || typeof epoch !== 'number' || !Array.isArray(utterances)) return undefined;
    const named = (manifest: string | number) =>
      (typeof manifest === 'number' ? manifests?.[manifest] : manifest) ?? '';
    return { step, epoch, utterances: utterances.map((each) => ({ ...each, manifest: named(each.manifest) })) };
  } catch {
    return undefined;
  }
}

export function parseBatchLineHead(line: string): BatchLineHead | undefined {
  const found = /^\{"step":(\d+)(?:,"start":(\d+))?,/.exec(line);
  return found ? { step: Number(found[1]), start: Number(found[2] ?? 0) } : undefined;
}
