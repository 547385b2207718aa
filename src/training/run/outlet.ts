import type { Evaluated, StepDone } from '../../shared/run/events.ts';

/** What outlets tell of: steps and evaluations. */
export type Told = StepDone | Evaluated;

/** One kind of file. */
export interface Outlet {
  /** All of them or none. */
  append(events: readonly Told[]): void;
  /** Drops what it says of this step and later ones. */
  dropFrom(step: number): void;
  close(): void;
}
