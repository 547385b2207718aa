/** Names inside a run directory; the same for the engine that writes and the editor that reads. */
export const runFiles = {
  record: 'run.json',
  config: 'config.asr.yaml',
  events: 'events.jsonl',
  checkpoints: 'checkpoints',
  log: 'log.txt',
  /** Steps whose loss was not finite, one directory each. */
  replay: 'replay',
  control: 'control.json',
  lock: 'lock',
  model: 'model.onnx',
} as const;

export const checkpointFiles = {
  model: 'model.safetensors',
  optimizer: 'optimizer.safetensors',
  state: 'state.json',
} as const;

/** Format version of run directories and checkpoints; a reader of version n + 1 reads version n. */
export const runFormatVersion = 1;

/** What `run.json` says about a run: it marks the directory as one, and never changes after creation. */
export interface RunRecord {
  version: number;
  engine: string;
  name: string;
  /** The configuration file the run was started with, absolute. */
  configFile: string;
  command: string[];
  pid: number;
  host: string;
  createdMs: number;
}

/** `an4-20260131T142501Z`; later runs of one name sort after earlier ones. */
export function runDirectoryName(name: string, timeMs: number): string {
  return `${name}-${new Date(timeMs).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')}`;
}

/** The record in `run.json`, or undefined when the text is not one. */
export function parseRunRecord(text: string): RunRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return undefined;
    const record = value as Partial<RunRecord>;
    return typeof record.version === 'number' && typeof record.name === 'string' && typeof record.createdMs === 'number'
      ? (record as RunRecord)
      : undefined;
  } catch {
    return undefined;
  }
}
