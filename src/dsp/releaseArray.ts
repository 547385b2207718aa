/**
 * Gives the memory of an array back at once, where the host can. Collectors count what lies outside of their heap late:
 * a walk through a long recording would hold scores of megabytes that nobody needs. Nothing may use its buffer afterwards.
 */
export function releaseArray({ buffer }: Float32Array | Uint8Array): void {
  (buffer as ArrayBuffer & { transfer?(byteLength: number): ArrayBuffer }).transfer?.(0);
}
