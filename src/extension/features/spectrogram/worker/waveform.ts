/** A waveform column is (lowest, highest, root mean square). */
export const waveformValues = 3;

/** Columns of `columnSamples` samples; the last one may cover fewer. Zero samples give no column. */
export function waveformColumns(samples: Float32Array, columnSamples: number): Float32Array {
  const columns = Math.ceil(samples.length / columnSamples);
  const result = new Float32Array(columns * waveformValues);
  for (let column = 0; column < columns; column++) {
    const start = column * columnSamples;
    const end = Math.min(samples.length, start + columnSamples);
    let [low, high, energy] = [samples[start]!, samples[start]!, 0];
    for (let i = start; i < end; i++) {
      const value = samples[i]!;
      if (value < low) low = value;
      else if (value > high) high = value;
      energy += value * value;
    }
    result[column * waveformValues] = low;
    result[column * waveformValues + 1] = high;
    result[column * waveformValues + 2] = Math.sqrt(energy / (end - start));
  }
  return result;
}

/** One column from `count` columns, of which the last one may be shorter and weighs `lastShare`. */
export function poolWaveform(
  columns: Float32Array,
  first: number,
  count: number,
  target: Float32Array,
  offset: number,
  lastShare = 1,
): void {
  let [low, high, energy] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (let column = first; column < first + count; column++) {
    const at = column * waveformValues;
    low = Math.min(low, columns[at]!);
    high = Math.max(high, columns[at + 1]!);
    energy += columns[at + 2]! ** 2 * (column < first + count - 1 ? 1 : lastShare);
  }
  target[offset] = low;
  target[offset + 1] = high;
  target[offset + 2] = Math.sqrt(energy / (count - 1 + lastShare));
}
