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
  /** Which utterances each step took, with their losses: one JSON line a step, in the order of `events.jsonl`. */
  batches: 'batches.jsonl',
  /** The model reduced from the events up to a byte offset, so that a long run opens without reading all of them. */
  digest: 'digest.json',
  /** A page that is written in place, so that it can be written when the disk is full. */
  alert: 'alert.json',
  metrics: 'metrics.csv',
  tensorboard: 'tensorboard',
  profiles: 'profiles',
  /** The user's own words on the run. */
  note: 'note.md',
  /** What the user calls the run, one line; absent while that is the name of the experiment. A trial begins with its values. */
  name: 'name.txt',
} as const;

/** Names inside one directory of `profiles/`. */
export const profileFiles = {
  /** What `ProfileSummary` describes. */
  summary: 'summary.json',
  /** Chrome trace of ONNX Runtime's nodes and the engine's phases, for Perfetto. */
  trace: 'trace.json',
  /** JavaScript of the engine and of the process that runs the graph. */
  engineCpu: 'engine.cpuprofile',
  graphCpu: 'graph.cpuprofile',
} as const;

/**
 * Names inside a sweep's directory, which lies in `runs/` beside the ordinary runs of its trials. Its lock and its control
 * file are named as a run's; `run.json` of a trial names the sweep.
 */
export const sweepFiles = {
  /** What `SweepRecord` describes. */
  record: 'sweep.json',
  /** The experiment as it was when the sweep began; relative names in it start from the original's folder. */
  config: 'experiment.yaml',
  /** Of an ensemble: how its models do together. */
  ensemble: 'ensemble.json',
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
  /** The run or checkpoint that it goes on from, and the step that it begins after. */
  from?: { directory: string; step: number };
  /** The sweep that it is a trial of: the name of its directory beside this one, and which trial. */
  sweep?: { name: string; trial: number };
}

/** `an4-sweep-20260131T142501Z`, whose third trial is `an4-t03-20260131T142501Z`. */
export const sweepDirectoryName = (name: string, timeMs: number): string => runDirectoryName(`${name}-sweep`, timeMs);

export function trialDirectoryName(sweep: string, trial: number): string {
  const part = `t${String(trial).padStart(2, '0')}`;
  const named = /^(.*)-sweep-(\d{8}T\d{6}Z(?:-\d+)?)$/.exec(sweep);
  return named ? `${named[1]}-${part}-${named[2]}` : `${sweep}-${part}`;
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
    const { sweep, ...record } = value as Partial<RunRecord>;
    const isTrial = typeof sweep?.trial === 'number' && isSiblingName(sweep.name);
    return typeof record.version === 'number' && typeof record.name === 'string' && typeof record.createdMs === 'number'
      ? ({ ...record, ...(isTrial ? { sweep } : {}) } as RunRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Names something beside a directory, and is no way out of the folder. */
export const isSiblingName = (name: unknown): boolean =>
  typeof name === 'string' && !/[/\\\0]/.test(name) && !/^\.*$/.test(name);

const runNameLimit = 100;

/** The user's name for a run in `name.txt`, or undefined when it gives none. */
export function parseRunName(text: string): string | undefined {
  const [line = ''] = text.split('\n', 1);
  const name = line.replace(/\p{C}/gu, '').trim();
  return name === '' ? undefined : name.slice(0, runNameLimit);
}
