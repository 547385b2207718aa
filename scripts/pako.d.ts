/** The part of the package that is used; it ships no types. */
declare module 'pako' {
  const pako: { deflateRaw(data: Uint8Array, options: { level: number }): Uint8Array };
  export default pako;
}
