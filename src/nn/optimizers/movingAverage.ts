interface Vectors {
  parameters: Float32Array;
  buffers: Float32Array;
}

/** Exponential moving average of weights and running statistics. */
export interface MovingAverage {
  readonly vectors: Vectors;
  /** False before the first update, when there is nothing to use yet. */
  readonly started: boolean;
  update(current: Vectors): void;
  copy(): Vectors;
  /** Undefined begins anew. */
  restore(vectors: Vectors | undefined): void;
}

/**
 * torch.optim.swa_utils.AveragedModel with an exponential rule and use_buffers=True: the first update copies, later ones
 * give decay·average + (1 − decay)·current. Running means and variances of batch normalisation are averaged alike, so
 * that they belong to weights of the same age.
 */
export function createMovingAverage(like: Vectors, decay: number): MovingAverage {
  const vectors = {
    parameters: new Float32Array(like.parameters.length),
    buffers: new Float32Array(like.buffers.length),
  };
  let started = false;
  const set = (from: Vectors) => {
    vectors.parameters.set(from.parameters);
    vectors.buffers.set(from.buffers);
    started = true;
  };
  return {
    vectors,
    get started() {
      return started;
    },
    update(current) {
      if (!started) return set(current);
      mix(vectors.parameters, current.parameters, decay);
      mix(vectors.buffers, current.buffers, decay);
    },
    copy: () => ({ parameters: vectors.parameters.slice(), buffers: vectors.buffers.slice() }),
    restore(from) {
      started = false;
      if (from) set(from);
    },
  };
}

function mix(average: Float32Array, current: Float32Array, decay: number): void {
  for (let i = 0; i < average.length; i++) average[i] = decay * average[i]! + (1 - decay) * current[i]!;
}
