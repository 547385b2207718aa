/** Features of a clip or of a stretch of one. */
export interface FeatureMatrix {
  frames: number;
  bins: number;
  data: Float32Array; // [frames, bins]
}
