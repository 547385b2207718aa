/**
 * The part of assemblyscript/asc that the kernel's build uses. The package's own types declare AssemblyScript's globals,
 * `console` among them, for every file of the program.
 */
export interface CompilerApi {
  readFile(name: string): string | null;
  writeFile(name: string, contents: Uint8Array | string): void;
  listFiles(): string[];
  stderr: { write(chunk: string | Uint8Array): void };
}
export function main(options: string[], api: CompilerApi): Promise<{ error: Error | null }>;
