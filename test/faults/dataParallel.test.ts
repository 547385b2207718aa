import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readStepBatch } from '../../src/extension/services/stepBatches.ts';
import { renderControl } from '../../src/shared/run/control.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import type { EngineEvent } from '../../src/shared/run/events.ts';
import { engineFile as engine, runEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

let directory: string;
let config: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'ranks-'));
  config = writeToneConfig(directory, 3);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const eventsOf = (run: string): EngineEvent[] =>
  existsSync(join(run, 'events.jsonl')) ? parseEventLines(readFileSync(join(run, 'events.jsonl'), 'utf8')).events : [];
const losses = (run: string) =>
  eventsOf(run).flatMap((event) => (event.kind === 'step' || event.kind === 'evaluated' ? [event] : []));

/** Debian's names for the two kinds of MPI; Open MPI counts cores. */
const launchers = { 'mpirun.openmpi': ['--oversubscribe'], 'mpirun.mpich': [] };
type Launcher = keyof typeof launchers;
const installed = (Object.keys(launchers) as Launcher[]).filter((name) => spawnSync(name, ['--version']).status === 0);

/** Starts two ranks as a user would. */
function startRanks(launcher: Launcher, args: readonly string[], environment = process.env) {
  const options = [...launchers[launcher], '-np', '2', process.execPath, engine, ...args];
  const child = spawn(launcher, options, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...environment, OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
  });
  let said = '';
  child.stdout.on('data', (chunk) => (said += chunk));
  child.stderr.on('data', (chunk) => (said += chunk));
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, said }));
  return { child, ended };
}

const untilStep = (run: string, step: number) =>
  vi.waitFor(() => expect(eventsOf(run).some((event) => event.kind === 'step' && event.step >= step)).toBe(true), {
    timeout: 120_000,
    interval: 20,
  });

/** Processes below one, with their command lines. */
function descendants(child: ChildProcess): { pid: number; command: string }[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
        return [{ pid: Number(name), parent, command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
      } catch {
        return [];
      }
    });
  const below = (pid: number): typeof all =>
    all.filter(({ parent }) => parent === pid).flatMap((each) => [each, ...below(each.pid)]);
  return below(child.pid!);
}

const rankOf = (pid: number) =>
  /(?:OMPI_COMM_WORLD|PMI)_RANK=(\d+)/.exec(readFileSync(`/proc/${pid}/environ`, 'utf8'))?.[1];
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));

describe.each(installed)('two ranks of %s', (launcher) => {
  it('train as one rank does that accumulates the batches of all', async () => {
    const [two, one] = [join(directory, `two-${launcher}`), join(directory, `one-${launcher}`)];
    const end = await startRanks(launcher, ['train', config, '--run-dir', two, '--json']).ended;
    expect(end.code, end.said).toBe(0);
    expect(end.said).toContain('2 ranks; 1 thread each');
    expect(end.said.match(/"runDirectory"/g)).toHaveLength(1);
    expect(await runEngine('train', config, '--run-dir', one, '--set', 'training.accumulate=2')).toMatchObject({
      code: 0,
    });
    const [of2, of1] = [losses(two), losses(one)];
    expect(of2.map(({ kind, step }) => `${kind} ${step}`)).toEqual(of1.map(({ kind, step }) => `${kind} ${step}`));
    for (const step of [1, of1.at(-1)!.step]) {
      const [of, alone] = await Promise.all(
        [two, one].map(async (run) => (await readStepBatch(run, step))!.utterances),
      );
      expect(of!.map(({ audioFilepath }) => audioFilepath)).toEqual(alone!.map(({ audioFilepath }) => audioFilepath));
      for (const [i, { gradientShare }] of of!.entries())
        expect(gradientShare).toBeCloseTo(alone![i]!.gradientShare!, 3);
    }
    // Sums are rounded in another order; what is evaluated shows that the running statistics agree too.
    of2.forEach((event, i) => {
      expect(Math.abs(event.loss / of1[i]!.loss - 1), `${event.kind} ${event.step}`).toBeLessThan(1e-5);
      if (event.kind === 'step') {
        const { utterances, audioSec, paddingShare, learningRate } = of1[i] as typeof event;
        expect(event).toMatchObject({ utterances, learningRate });
        expect(event.audioSec).toBeCloseTo(audioSec, 9);
        expect(event.paddingShare).toBeCloseTo(paddingShare, 9);
      }
    });
  }, 240_000);

  it('stop together when asked, and go on as if nothing had been', async () => {
    const [run, whole] = [join(directory, `stopped-${launcher}`), join(directory, `two-${launcher}`)];
    const { ended } = startRanks(launcher, ['train', config, '--run-dir', run]);
    await untilStep(run, 4);
    writeFileSync(join(run, 'control.json'), renderControl('stop'));
    expect((await ended).said).toContain('go on with --resume');
    expect(existsSync(join(run, 'lock'))).toBe(false);
    const again = await startRanks(launcher, ['train', config, '--run-dir', run, '--resume']).ended;
    expect(again.code, again.said).toBe(0);
    const weights = (of: string) => readFileSync(join(of, 'checkpoints/last/model.safetensors'));
    expect(weights(run).equals(weights(whole))).toBe(true);
  }, 240_000);

  it('end within seconds when one is killed, which is named; the run can be resumed', async () => {
    const run = join(directory, `killed-${launcher}`);
    const { child, ended } = startRanks(launcher, ['train', config, '--run-dir', run, '--set', 'training.epochs=200']);
    await untilStep(run, 8);
    const family = descendants(child);
    const victim = family.find(({ pid, command }) => command.includes('engine.js') && rankOf(pid) === '1')!;
    const killedMs = performance.now();
    process.kill(victim.pid, 'SIGKILL');
    const end = await ended;
    // The launchers give the others a second; the rest is for a busy machine.
    expect(performance.now() - killedMs).toBeLessThan(20_000);
    expect(end.code).not.toBe(0);
    expect(end.said).toMatch(launcher === 'mpirun.mpich' ? /Killed \(signal 9\)/ : /process rank 1 .*signal 9/s);
    await vi.waitFor(() => expect(family.filter(({ pid }) => isAlive(pid))).toEqual([]), { timeout: 10_000 });
    const resumed = await runEngine('train', config, '--run-dir', run, '--resume', '--set', 'training.epochs=1');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(eventsOf(run).find(({ kind }) => kind === 'resumed')!.step).toBeGreaterThan(0);
  }, 240_000);
});

it.skipIf(installed.length < 2)(
  'a library of another MPI than the launcher is named',
  async () => {
    const other = { ...process.env, ASR_MPI_LIBRARY: 'libmpich.so.12' };
    const { code, said } = await startRanks(
      'mpirun.openmpi',
      ['train', config, '--run-dir', join(directory, 'x')],
      other,
    ).ended;
    expect(code).toBe(1);
    expect(said).toContain('2 processes were started, but libmpich.so.12 sees 1');
    expect(said).toContain('ASR_MPI_LIBRARY');
  },
  60_000,
);
