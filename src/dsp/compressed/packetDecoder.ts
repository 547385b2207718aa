/** Decodes the packets of one stream, in order. */
export interface PacketDecoder {
  /** As the recording is told of: `opus`, `vorbis`. */
  readonly encoding: string;
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Samples at the start that only fill the decoder. */
  readonly skipFrames: number;
  /** −1..1 per channel; undefined for a packet that cannot be decoded. Throws AudioError when nothing more can be. */
  decode(packet: Uint8Array): Float32Array[] | undefined;
  /** Frees what it holds; call it once, after a failure too. */
  close(): void;
}
