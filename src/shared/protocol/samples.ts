/** Float32 samples of one message to a view: 256 KB. */
export const maxSamplesPerPull = 65_536;

/** A piece of a stretch of a recording; `totalSamples` are those of the whole stretch. */
export interface SoundPiece {
  sampleRateHz: number;
  totalSamples: number;
  /** float32 */
  data: ArrayBuffer;
}
