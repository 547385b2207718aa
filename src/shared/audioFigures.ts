/** Figures of one channel over a stretch; amplitudes as fractions of full scale, missing where nothing can be said. */
export interface ChannelFigures {
  rms: number;
  peak: number;
  /** Samples in runs of at least three at full scale. */
  clippedSamples: number;
  dcOffset: number;
  /** NaN or infinite; they count as 0 in everything but the levels. */
  notFiniteSamples: number;
  /** Root mean square of the noise in the pauses. */
  noiseFloor: number | undefined;
  snrDb: number | undefined;
  /** The highest frequency at which the mean spectrum is within 60 dB of its peak. */
  bandwidthHz: number | undefined;
  /** Changes between negative and not negative. */
  zeroCrossingsPerSec: number;
  /** Share of the time with nothing above the noise. */
  silenceShare: number;
}

/** What every sample of a stretch amounts to. */
export interface AudioFigures {
  startFrame: number;
  frames: number;
  durationSec: number;
  /** At most 64. */
  channels: ChannelFigures[];
}
