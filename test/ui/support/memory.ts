import * as fs from 'node:fs';

export interface ResidentProcess {
  pid: number;
  residentBytes: number;
}

/** Resident memory in bytes of the processes below this one whose command line holds a word. */
export function residentBytes(commandLine: string, rootPid = process.pid): number {
  return processesBelow(commandLine, rootPid).reduce((total, one) => total + one.residentBytes, 0);
}

/** The processes below one whose command line holds a word. */
export function processesBelow(commandLine: string, rootPid = process.pid): ResidentProcess[] {
  const children = new Map<number, number[]>();
  const processes = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  for (const pid of processes) {
    const parent = Number(/^PPid:\s+(\d+)/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0);
    children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  const below = (pid: number): number[] => (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(rootPid)
    .filter((pid) => readOr(`/proc/${pid}/cmdline`).includes(commandLine))
    .map((pid) => ({
      pid,
      residentBytes: Number(/^VmRSS:\s+(\d+) kB/m.exec(readOr(`/proc/${pid}/status`))?.[1] ?? 0) * 1024,
    }));
}

/** A process may be gone before it is read. */
function readOr(file: string): string {
  try {
    return fs.readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
