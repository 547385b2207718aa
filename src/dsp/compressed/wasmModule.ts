import { AudioError } from '../audioError.ts';

/** A module of the bundle, compiled once in a thread. */
export function compiledOnce(base64: string): () => Promise<WebAssembly.Module> {
  let module: Promise<WebAssembly.Module> | undefined;
  return () => {
    module ??= WebAssembly.compile(Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)));
    return module;
  };
}

/** An export of one memory and functions on it. */
export interface WasmProgram {
  memory: WebAssembly.Memory;
  call(name: string, ...values: number[]): number;
}

/** `names` maps the names used here to the minified ones of the build. */
export async function instantiate(
  module: WebAssembly.Module,
  imports: Record<string, Record<string, unknown>>,
  names: Readonly<Record<string, string>>,
): Promise<WasmProgram> {
  const { exports } = await WebAssembly.instantiate(module, imports);
  return {
    memory: exports[names.memory!] as WebAssembly.Memory,
    call: (name, ...values) => (exports[names[name]!] as (...values: number[]) => number)(...values),
  };
}

/** A program with a fixed, large memory, kept for the next file; one that failed is thrown away. */
export interface ProgramShelf {
  take(): Promise<WasmProgram>;
  giveBack(program: WasmProgram): void;
}

export function createShelf(create: () => Promise<WasmProgram>): ProgramShelf {
  let idle: WasmProgram | undefined;
  return {
    async take() {
      const program = idle ?? (await create());
      idle = undefined;
      return program;
    },
    giveBack(program) {
      idle = program;
    },
  };
}

/** What a decoder throws on damage it did not foresee (a trap, an abort) as an error of the file. */
export function damaged<T>(codec: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof AudioError) throw error;
    throw new AudioError('audio-corrupt', `the ${codec} data breaks the rules of its format (${String(error)})`);
  }
}
