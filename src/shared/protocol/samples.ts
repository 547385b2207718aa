/** Float32 samples of one message to a view: 256 KB. */
export const maxSamplesPerPull = 65_536;
