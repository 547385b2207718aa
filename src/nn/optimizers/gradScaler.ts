/** Dynamic loss scale of fp16 and the steps since it last changed. */
export interface LossScale {
  scale: number;
  goodSteps: number;
}

/** torch.cuda.amp.GradScaler's defaults. */
export const lossScaleRules = { initialScale: 65_536, growthFactor: 2, backoffFactor: 0.5, growthInterval: 2000 };
const { initialScale, growthFactor, backoffFactor, growthInterval } = lossScaleRules;

export const initialLossScale = (): LossScale => ({ scale: initialScale, goodSteps: 0 });

/**
 * The scale for the next step, by the rules of torch.cuda.amp.GradScaler.update (`_amp_update_scale_`): a gradient that
 * is not finite halves it and restarts the count, the 2000th finite one in a row doubles it, unless float32 would
 * overflow. A power of two stays one, so scaling and unscaling are exact.
 */
export function nextLossScale({ scale, goodSteps }: LossScale, finite: boolean): LossScale {
  if (!finite) return { scale: Math.fround(scale * backoffFactor), goodSteps: 0 };
  if (goodSteps + 1 < growthInterval) return { scale, goodSteps: goodSteps + 1 };
  const grown = Math.fround(scale * growthFactor);
  return { scale: Number.isFinite(grown) ? grown : scale, goodSteps: 0 };
}
