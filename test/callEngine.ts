import { runEngine } from '../src/engine/runEngine.ts';
import { createTerminal } from '../src/engine/terminal.ts';

/** One command of the engine inside this process, with what it printed. */
export async function callEngine(...argv: string[]): Promise<{ code: number; out: string; error: string }> {
  const printed = { out: '', error: '' };
  const streams = {
    out: { write: (text: string) => (printed.out += text) },
    error: { write: (text: string) => (printed.error += text) },
  };
  const terminal = createTerminal(argv.includes('--json'), streams, () => 0);
  const code = await runEngine(argv, terminal, () => undefined);
  return { ...printed, code };
}
