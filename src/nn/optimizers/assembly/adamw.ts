/**
 * AdamW on `count` floats, four at a time; the same update as adamw.ts in float32. Addresses are in bytes.
 * `keep` is 1 − learning rate · decay, `stepSize` the learning rate over the first bias correction,
 * `inverseCorrection` one over the root of the second; `new1` and `new2` are 1 − beta, rounded once.
 */
export function update(
  parameters: usize,
  gradient: usize,
  firstMoment: usize,
  secondMoment: usize,
  count: i32,
  gradientScale: f32,
  old1: f32,
  new1: f32,
  old2: f32,
  new2: f32,
  keep: f32,
  stepSize: f32,
  inverseCorrection: f32,
  epsilon: f32,
): void {
  const end = <usize>count << 2;
  const wide = end & ~15;
  for (let at: usize = 0; at < wide; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), f32x4.splat(gradientScale));
    const oldM = f32x4.mul(v128.load(firstMoment + at), f32x4.splat(old1));
    const m = f32x4.add(oldM, f32x4.mul(g, f32x4.splat(new1)));
    const oldV = f32x4.mul(v128.load(secondMoment + at), f32x4.splat(old2));
    const v = f32x4.add(oldV, f32x4.mul(f32x4.mul(g, g), f32x4.splat(new2)));
    v128.store(firstMoment + at, m);
    v128.store(secondMoment + at, v);
    const divisor = f32x4.add(f32x4.mul(f32x4.sqrt(v), f32x4.splat(inverseCorrection)), f32x4.splat(epsilon));
    const change = f32x4.div(f32x4.mul(m, f32x4.splat(stepSize)), divisor);
    v128.store(parameters + at, f32x4.sub(f32x4.mul(v128.load(parameters + at), f32x4.splat(keep)), change));
  }
  for (let at = wide; at < end; at += 4) {
    const g = load<f32>(gradient + at) * gradientScale;
    const m = load<f32>(firstMoment + at) * old1 + g * new1;
    const v = load<f32>(secondMoment + at) * old2 + g * g * new2;
    store<f32>(firstMoment + at, m);
    store<f32>(secondMoment + at, v);
    const divisor = Mathf.sqrt(v) * inverseCorrection + epsilon;
    store<f32>(parameters + at, load<f32>(parameters + at) * keep - (m * stepSize) / divisor);
  }
}
