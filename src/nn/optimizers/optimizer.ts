/** What one update needs to know; hyperparameters that stay are in the optimizer. */
export interface UpdateOptions {
  learningRate: number;
  /** Counts updates from 1: the one being made. */
  update: number;
  /** The gradient is multiplied by this first; see `clipScale`. */
  gradientScale: number;
}

/** Parameters, their gradient and the optimizer's state as flat vectors in the layout's order. */
export interface Optimizer {
  readonly parameters: Float32Array;
  readonly gradient: Float32Array;
  /** State per parameter by name, as checkpoints call it. */
  readonly slots: Readonly<Record<string, Float32Array>>;
  /** One update of `parameters` by `gradient`, in place. */
  update(options: UpdateOptions): void;
}
