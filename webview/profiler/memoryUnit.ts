/** A unit that suits a chart, so that its ticks are round. */
export interface MemoryUnit {
  bytes: number;
  /** Of a number of units. */
  format(value: number): string;
}

const units: readonly [bytes: number, name: string][] = [
  [2 ** 30, 'GiB'],
  [2 ** 20, 'MiB'],
  [2 ** 10, 'KiB'],
];

/** GiB from 4 GiB on, below it MiB. */
export function memoryUnit(largestBytes: number): MemoryUnit {
  const [bytes, name] = units[largestBytes >= 2 ** 32 ? 0 : 1]!;
  return { bytes, format: (value) => `${Number(value.toFixed(Math.abs(value) < 100 ? 1 : 0))} ${name}` };
}

/** A size in the units that the engine and nvidia-smi speak of memory in. */
export function formatMemory(bytes: number): string {
  const [unit, name] = units.find(([size]) => Math.abs(bytes) >= size) ?? [1, 'B'];
  const value = bytes / unit;
  const decimals = unit === 1 || Math.abs(value) >= 100 ? 0 : Math.abs(value) < 10 && name === 'GiB' ? 2 : 1;
  return `${value.toFixed(decimals)} ${name}`;
}
