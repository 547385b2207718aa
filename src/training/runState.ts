import type { FeatureStatistics } from '../dsp/normalization.ts';
import { layoutParameters } from '../nn/models/index.ts';
import { featureBins, vocabularySizeOf } from '../shared/config/derived.ts';
import type { Experiment } from '../shared/config/schema.ts';
import { UserError } from '../shared/problem.ts';
import type { NamedTensor } from '../shared/run/safetensors.ts';
import { freshGuardMemory } from './guards.ts';
import type { TrainingProgress } from './loopTools.ts';
import { firstDifference } from './snapshotTensors.ts';

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
  /** Audio per batch, which `training.batchSeconds: auto` keeps for the whole run. */
  batchSeconds?: number;
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
    kept: [],
    averagedEpoch: null,
    guards: freshGuardMemory(),
  };
}

/** As a checkpoint has it, with what older versions did not know yet. */
export function restoredProgress(saved: TrainingProgress): TrainingProgress {
  const fresh = freshProgress();
  return { ...fresh, ...saved, guards: { ...fresh.guards, ...saved.guards } };
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
const fixedParts: ReadonlySet<string> = new Set(['model', 'features', 'text', 'tokenizer']);

/** Top-level parts of the experiment that changed since the checkpoint. */
export function changedParts(saved: Experiment, current: Experiment): string[] {
  const parts = Object.keys(current) as (keyof Experiment)[];
  return parts.filter((part) => JSON.stringify(saved[part]) !== JSON.stringify(current[part]));
}

/** Throws a UserError when a checkpoint's weights cannot be this experiment's, with the first tensor of another shape. */
export function checkFits(saved: Experiment, current: Experiment, model: readonly NamedTensor[]): void {
  const broken = changedParts(saved, current).filter((part) => fixedParts.has(part));
  if (broken.length === 0) return;
  const spec = {
    config: current.model,
    bins: featureBins(current.features),
    vocabularySize: vocabularySizeOf(current),
  };
  const difference = firstDifference(layoutParameters(spec), model);
  throw new UserError(
    `${broken.join(', ')} changed since the checkpoint, so its weights do not fit${difference ? `: ${difference}` : ''}; ` +
      'start a new run, or undo the change',
  );
}
