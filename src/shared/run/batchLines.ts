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

export function renderStepBatch(batch: StepBatch): string {
  return `${JSON.stringify(batch)}\n`;
}

/** The batch in a line, or undefined where a crash tore it. */
export function parseStepBatch(line: string): StepBatch | undefined {
  try {
    const value = JSON.parse(line) as Partial<StepBatch> | null;
    const known = typeof value?.step === 'number' && typeof value.epoch === 'number' && Array.isArray(value.utterances);
    return known ? (value as StepBatch) : undefined;
  } catch {
    return undefined;
  }
}
