import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseEventLines } from '../../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../../src/shared/run/events.ts';
import { parseRunRecord, type RunRecord, runFiles } from '../../../src/shared/run/layout.ts';
import { recordingsFolder } from '../../recordings.ts';

/** Folder of the recorded digits, unless this machine lacks them. */
export function digitsFolder(): string | undefined {
  const recordings = recordingsFolder();
  return recordings && path.join(recordings, 'digits');
}

export const trainedSpeakers = ['jackson', 'nicolas', 'theo'];
export const unheardSpeaker = 'yweweler';

/** A temporary folder to open in a window; gone with `remove`. */
export interface Workspace {
  folder: string;
  write(name: string, content: string | Uint8Array): string;
  remove(): void;
}

export function createWorkspace(): Workspace {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'asr-ui-'));
  return {
    folder,
    write(name, content) {
      const file = path.join(folder, name);
      fs.mkdirSync(path.dirname(file), { recursive: true });
      fs.writeFileSync(file, content);
      return file;
    },
    remove: () => fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Copies some recordings of a split into the workspace and writes their manifest. */
export function copyDigits(
  workspace: Workspace,
  split: 'train' | 'dev',
  choose: (digit: number, speaker: string, repetition: number) => boolean,
): void {
  const from = digitsFolder()!;
  const entries = fs
    .readFileSync(path.join(from, `${split}.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { audio_filepath: string })
    .filter(({ audio_filepath }) => {
      const [digit, speaker, repetition] = path.basename(audio_filepath, '.wav').split('_');
      return choose(Number(digit), speaker!, Number(repetition));
    });
  const lines = entries.map((entry) => {
    const audio_filepath = path.join('recordings', path.basename(entry.audio_filepath));
    workspace.write(audio_filepath, fs.readFileSync(path.join(from, entry.audio_filepath)));
    return JSON.stringify({ ...entry, audio_filepath });
  });
  workspace.write(`${split}.jsonl`, `${lines.join('\n')}\n`);
}

/** Learns the speakers it hears in half a minute on two cores, and something of others. */
export const digitsExperiment = `version: 1
name: digits
data: { train: [train.jsonl], dev: [dev.jsonl] }
text: { case: lower, keep: "efghinorstuvwxz " }
augment: { speed: [1.0] }
model:
  blocks: [{ channels: 12, pool: [2, 2] }, { channels: 24, pool: [1, 4] }]
  rnn: { hiddenSize: 64, layers: 1, projection: 64 }
  dropout: 0.1
optimizer: { learningRate: 5.0e-3 }
training: { epochs: 24, batchSeconds: 8, threads: 1 }
`;

export interface RunSeen {
  directory: string;
  record: RunRecord;
  events: EngineEvent[];
}

/** Newest run of an experiment in the workspace, as it stands now. */
export function newestRun({ folder }: Workspace, name: string): RunSeen | undefined {
  const runs = path.join(folder, 'runs');
  if (!fs.existsSync(runs)) return undefined;
  const newest = fs
    .readdirSync(runs)
    .filter((run) => run.startsWith(`${name}-`))
    .sort()
    .at(-1);
  const directory = newest && path.join(runs, newest);
  const read = (file: string) => fs.readFileSync(path.join(directory!, file), 'utf8');
  if (!directory || !fs.existsSync(path.join(directory, runFiles.events))) return undefined;
  const record = parseRunRecord(read(runFiles.record));
  return record && { directory, record, events: parseEventLines(read(runFiles.events)).events };
}

/** A dead process keeps its entry (state Z) until its parent asks how it ended, which may be never. */
export function isAlive(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}
