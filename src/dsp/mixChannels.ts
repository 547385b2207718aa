/** The mean of channels of one length, as a new array; float32. */
export function mixChannels(channels: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const mixed = new Float32Array(channels[0]?.length ?? 0);
  const scale = 1 / channels.length;
  for (const samples of channels) for (let i = 0; i < mixed.length; i++) mixed[i]! += samples[i]! * scale;
  return mixed;
}
