import type { GpuSample } from '../../shared/run/events.ts';

/** What `nvidia-smi` is asked for; its answer has one line per GPU with these fields. */
export const gpuQuery = [
  'index',
  'name',
  'utilization.gpu',
  'memory.used',
  'memory.total',
  'temperature.gpu',
  'power.draw',
] as const;

/** Fields after the name. */
const figures = gpuQuery.length - 2;
const mebibyte = 2 ** 20;

/**
 * GPUs in the answer to `nvidia-smi --query-gpu=… --format=csv,noheader,nounits`. Drivers write `[N/A]`,
 * `[Not Supported]`, `[Unknown Error]`, `ERR!` and others where they know no figure; lines that are no GPU (warnings,
 * headers, another card's failure) are left out.
 */
export function parseGpus(answer: string): GpuSample[] {
  return answer.split(/\r?\n/).flatMap((line) => parseGpu(line) ?? []);
}

function parseGpu(line: string): GpuSample | undefined {
  const fields = line.split(',').map((field) => field.trim());
  if (fields.length < gpuQuery.length || !/^\d+$/.test(fields[0]!)) return undefined;
  // A comma inside a field can only be the name's.
  const name = fields.slice(1, -figures).join(', ');
  const [utilization, memoryUsed, memoryTotal, temperature, power] = fields.slice(-figures).map(parseFigure);
  const known = {
    utilization,
    memoryUsedBytes: memoryUsed === undefined ? undefined : memoryUsed * mebibyte,
    memoryTotalBytes: memoryTotal === undefined ? undefined : memoryTotal * mebibyte,
    temperatureC: temperature,
    powerW: power,
  };
  const gpu: GpuSample = { index: Number(fields[0]), name };
  return Object.assign(gpu, Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)));
}

/** A number, with or without its unit. */
function parseFigure(field: string): number | undefined {
  const found = /^(-?\d+(?:\.\d+)?)(?:\s*(?:%|MiB|C|W))?$/.exec(field);
  return found ? Number(found[1]) : undefined;
}

/** Why there are no GPUs in an answer, in words: the program's own first line, as in "couldn't communicate with the driver". */
export function explainNoGpus(answer: string, errors: string): string {
  const said = `${answer}\n${errors}`.split(/\r?\n/).find((line) => line.trim() !== '');
  return said ? `nvidia-smi: ${said.trim().slice(0, 300)}` : 'nvidia-smi names no GPU';
}
