import { readFileSync } from 'node:fs';

// Loaded before a program: its wall clock is off by as many milliseconds as a file says, which changes while it runs.
const file = process.env.ASR_CLOCK_FILE!;
const Real = globalThis.Date;
const realNow = Real.now.bind(Real);
const now = () => realNow() + Number(readFileSync(file, 'utf8'));

globalThis.Date = class extends Real {
  constructor(...given: [] | [number]) {
    super(...((given.length === 0 ? [now()] : given) as [number]));
  }
  static override now = now;
} as DateConstructor;
