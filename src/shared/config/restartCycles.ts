import type { Experiment } from './schema.ts';

type Cycles = Pick<Experiment['schedule'], 't0Epochs' | 'tMult'>;

export interface Cycle {
  /** Epoch at which the cycle begins. */
  startEpoch: number;
  /** Its length. */
  epochs: number;
  /** Epochs of it that are over. */
  epochsIn: number;
}

/** The cycle of cosineWarmRestarts that holds a moment, which need not be a whole epoch. */
export function cycleAt({ t0Epochs, tMult }: Cycles, epoch: number): Cycle {
  if (tMult === 1) {
    const epochsIn = epoch % t0Epochs;
    return { startEpoch: epoch - epochsIn, epochs: t0Epochs, epochsIn };
  }
  let startEpoch = 0;
  let epochs = t0Epochs;
  while (epoch >= startEpoch + epochs) {
    startEpoch += epochs;
    epochs *= tMult;
  }
  return { startEpoch, epochs, epochsIn: epoch - startEpoch };
}

/** Numbers of epochs that end with a cycle, where the rate is lowest: the last one before `epochs` (0 for none), and the next. */
export function cycleEndsAround(cycles: Cycles, epochs: number): { before: number; after: number } {
  const { startEpoch, epochs: length } = cycleAt(cycles, epochs);
  return { before: startEpoch, after: startEpoch + length };
}
