import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clearLeftovers, findNewestCheckpoint, readCheckpoint } from '../../src/training/run/checkpoints.ts';
import { twoAtATime } from './faultTimes.ts';
import { straceAbsence, straceNode } from './strace.ts';

const program = join(import.meta.dirname, 'saveOnce.ts');

const save = (run: string, step: number) => promisify(execFile)(process.execPath, [program, run, String(step)]);

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'save-points-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

interface Calls {
  /** Every path below the run that a save touches. */
  paths: string[];
  /** Each system call on one of them that changes the disk: the how manieth of its name. */
  points: { call: string; nth: number }[];
}

/** Between other calls the disk is as before them. */
const changing = ['mkdir', 'openat', 'write', 'pwrite64', 'fsync', 'rename', 'link', 'unlink', 'rmdir', 'ftruncate'];

/** What a save does, as strace lists it: `123 rename("/run/checkpoints/last", …`. */
async function callsOf(run: string): Promise<Calls> {
  const log = join(directory, 'strace.log');
  const { code, stderr } = await straceNode(
    ['-y', '-s', '4096', '-o', log, '-e', 'trace=%file,%desc'],
    [program, run, '2'],
  );
  expect(code, stderr).toBe(0);
  const lines = readFileSync(log, 'utf8')
    .split('\n')
    .filter((line) => line.includes(join(run, 'checkpoints')));
  const paths = new Set(lines.flatMap((line) => line.match(/(?<=[<"])\/[^">]*\/checkpoints[^">]*/g) ?? []));
  const counts = new Map<string, number>();
  const points = lines.flatMap((line) => {
    const call = /^\d+ +(\w+)\(/.exec(line)?.[1];
    if (call === undefined || !changing.includes(call)) return [];
    counts.set(call, (counts.get(call) ?? 0) + 1);
    return [{ call, nth: counts.get(call)! }];
  });
  return { paths: [...paths], points };
}

it.skipIf(straceAbsence)(
  'row 2: a save that is killed at any of its system calls leaves the old checkpoint or the new',
  async () => {
    const [origin, whole] = [join(directory, 'origin'), join(directory, 'whole')];
    await save(origin, 1);
    cpSync(origin, whole, { recursive: true });
    const { paths, points } = await callsOf(whole);
    expect(points.length).toBeGreaterThan(50);
    const found = new Set<number>();
    await twoAtATime(points, async ({ call, nth }) => {
      const run = join(directory, `${call}-${nth}`);
      cpSync(origin, run, { recursive: true });
      const only = paths.flatMap((path) => ['-P', path.replace(whole, run)]);
      const kill = ['-e', `trace=${call}`, '-e', `inject=${call}:signal=KILL:when=${nth}`];
      const { code, signal } = await straceNode(['-o', '/dev/null', ...only, ...kill], [program, run, '2']);
      expect([call, nth, signal ?? code]).toEqual([call, nth, 'SIGKILL']);
      found.add(await expectWhole(run));
      await save(run, 3);
      expect((await findNewestCheckpoint(join(run, 'checkpoints'))).checkpoint?.step).toBe(3);
      rmSync(run, { recursive: true });
    });
    console.log(`killed at ${points.length} system calls`);
    expect(found).toEqual(new Set([1, 2]));
  },
  600_000,
);

/** The step of the checkpoint that the run would go on from; its `best` is the one of which that checkpoint speaks. */
async function expectWhole(run: string): Promise<number> {
  const checkpoints = join(run, 'checkpoints');
  const { checkpoint } = await findNewestCheckpoint<{ progress: { step: number } }>(checkpoints);
  expect([1, 2]).toContain(checkpoint?.step);
  expect(new Set(checkpoint!.tensors.model[0]!.data)).toEqual(new Set([checkpoint!.step]));
  await clearLeftovers(checkpoints);
  expect((await readCheckpoint(join(checkpoints, 'best'))).step).toBe(checkpoint!.step);
  expect(readdirSync(checkpoints)).toContain('last');
  return checkpoint!.step;
}
