import type { FeatureStatistics } from '../dsp/normalization.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import type { TrainingProgress } from './loop.ts';

/** The run's part of a checkpoint's `state.json`; with the tensors beside it, a checkpoint needs nothing else. */
export interface RunState {
  progress: TrainingProgress;
  experiment: Experiment;
  vocabulary: string[];
  statistics: StoredStatistics | null;
  configHash: string;
  manifestHash: string;
  engine: string;
  threads: number;
}

export interface StoredStatistics {
  mean: number[];
  inverseStd: number[];
  frames: number;
}

export function freshProgress(): TrainingProgress {
  return {
    step: 0,
    epoch: 0,
    cursor: 0,
    epochLoss: 0,
    epochUtterances: 0,
    best: null,
    bestLoss: null,
    epochsSinceBest: 0,
    plateau: { best: null, badEpochs: 0, reductions: 0 },
  };
}

/** float32 values are exact as JSON numbers. */
export function storeStatistics(statistics: FeatureStatistics | null): StoredStatistics | null {
  return statistics && { ...statistics, mean: [...statistics.mean], inverseStd: [...statistics.inverseStd] };
}

export function readStatistics(stored: StoredStatistics | null): FeatureStatistics | null {
  return (
    stored && {
      frames: stored.frames,
      mean: Float32Array.from(stored.mean),
      inverseStd: Float32Array.from(stored.inverseStd),
    }
  );
}

/** What a resumed run may not change, since the weights would mean something else. */
const fixedParts = ['model', 'features', 'text', 'tokenizer'] as const;

/** Throws when the experiment is another one; otherwise names the top-level parts that changed since the checkpoint. */
export function changedParts(saved: Experiment, current: Experiment): string[] {
  const differs = (part: keyof Experiment) => JSON.stringify(saved[part]) !== JSON.stringify(current[part]);
  const broken = fixedParts.filter(differs);
  if (broken.length > 0)
    throw new UserError(
      `${broken.join(', ')} changed since the checkpoint, so its weights do not fit; start a new run, or undo the change`,
    );
  return (Object.keys(current) as (keyof Experiment)[]).filter(differs);
}
