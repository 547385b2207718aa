/** Looks closely at a few steps when asked to. */
export interface StepProfiler {
  /** Before the wait for the data of a step, which is the run's `step`-th, from 1. */
  stepBegins(step: number): Promise<void>;
  /** After the last event of one or more steps that ran together; `step` is the last. */
  stepsEnded(step: number): Promise<void>;
}

/** Where nobody can ask. */
export const noProfiler: StepProfiler = {
  stepBegins: () => Promise.resolve(),
  stepsEnded: () => Promise.resolve(),
};
