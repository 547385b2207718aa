/**
 * The globals that pure code may use: those that Node, the extension host, workers and webviews all have.
 * The pure program has neither DOM nor Node types, so they are declared here, only as widely as they are used.
 */

declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array | ArrayBuffer);
  }
  class Instance {
    constructor(module: Module, imports?: Record<string, Record<string, unknown>>);
    readonly exports: Record<string, unknown>;
  }
  class Memory {
    constructor(descriptor: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  /** Compiles off the main thread where the host can; browsers refuse the synchronous constructor above 8 MB. */
  function compile(bytes: Uint8Array | ArrayBuffer): Promise<Module>;
  function instantiate(module: Module, imports?: Record<string, Record<string, unknown>>): Promise<Instance>;
  function validate(bytes: Uint8Array | ArrayBuffer): boolean;
}

declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(input?: Uint8Array | ArrayBuffer): string;
}

declare class TextEncoder {
  encode(input?: string): Uint8Array;
}

/** Base64 to a binary string, one character per byte. */
declare function atob(base64: string): string;

/** The part of the wavefile package that is used; its own declarations are not valid in a module. */
declare module 'wavefile/dist/wavefile.js' {
  class WaveFile {
    constructor(bytes?: Uint8Array);
    fromScratch(channels: number, sampleRateHz: number, bitDepth: string, samples: ArrayLike<number>): void;
    toBuffer(): Uint8Array;
  }
  const wavefile: { WaveFile: typeof WaveFile };
  export default wavefile;
}
