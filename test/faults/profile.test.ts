import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { renderControl } from '../../src/shared/run/control.ts';
import { parseEventLines } from '../../src/shared/run/eventLines.ts';
import { profileFiles } from '../../src/shared/run/layout.ts';
import { hashFile, runEngine, startEngine } from './engineProcess.ts';
import { writeToneConfig } from './toneCorpus.ts';

const directory = mkdtempSync(join(tmpdir(), 'profile-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const eventsOf = (run: string) => {
  const file = join(run, 'events.jsonl');
  return existsSync(file) ? parseEventLines(readFileSync(file, 'utf8')).events : [];
};
const hashesOf = (run: string) =>
  ['last', 'best'].flatMap((name) =>
    ['model.safetensors', 'optimizer.safetensors'].map((file) => hashFile(run, 'checkpoints', name, file)),
  );

it('profiles steps from the command line and on demand, and ends with the weights of a run that was not', async () => {
  const config = writeToneConfig(directory, 4);
  const plain = join(directory, 'plain');
  expect(await runEngine('train', config, '--run-dir', plain)).toMatchObject({ code: 0 });

  const profiled = join(directory, 'profiled');
  const { ended } = startEngine(['train', config, '--run-dir', profiled, '--profile-steps', '2..3']);
  // A request that comes while steps are profiled counts when they are through.
  while (!existsSync(join(profiled, 'profiles/step-2.raw'))) await new Promise((r) => setTimeout(r, 5));
  writeFileSync(join(profiled, 'control.json'), renderControl('profile'));
  expect(await ended).toMatchObject({ code: 0 });
  expect(hashesOf(profiled)).toEqual(hashesOf(plain));

  const profiles = eventsOf(profiled).flatMap((event) => (event.kind === 'profiled' ? [event] : []));
  expect(profiles[0]).toMatchObject({ path: 'profiles/step-2', steps: 2 });
  expect(profiles[1]!.steps).toBe(5);
  expect(eventsOf(profiled).filter(({ kind }) => kind === 'problem')).toEqual([]);
  expect(readdirSync(join(profiled, 'profiles'))).toHaveLength(2);
  for (const { path } of profiles)
    expect(readdirSync(join(profiled, path)).sort()).toEqual(Object.values(profileFiles).sort());

  const shown = await runEngine('profile', profiled);
  expect(shown.stdout).toMatch(/2 profiles, the newest of them:\n.*\nsteps \d+ to \d+ on cpu/);
  const first = await runEngine('profile', join(profiled, 'profiles/step-2'), '--json');
  expect(JSON.parse(first.stdout)).toMatchObject({ firstStep: 2, steps: 2, device: 'cpu' });
  expect(await runEngine('profile', plain)).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/holds no profile/),
  });
}, 180_000);

it('leaves no half profile when the run is killed in one, and removes its remains with the next', async () => {
  const config = writeToneConfig(directory, 3);
  const run = join(directory, 'killed');
  const { child, ended } = startEngine(['train', config, '--run-dir', run, '--profile-steps', '14..33']);
  const raw = join(run, 'profiles/step-14.raw');
  while (!existsSync(raw) || readdirSync(raw).length === 0) await new Promise((r) => setTimeout(r, 5));
  child.kill('SIGKILL');
  await ended;
  expect(readdirSync(join(run, 'profiles'))).toEqual(['step-14.raw']);
  expect(await runEngine('train', config, '--run-dir', run, '--resume', '--profile-steps', '32')).toMatchObject({
    code: 0,
  });
  expect(readdirSync(join(run, 'profiles'))).toEqual(['step-32']);
}, 180_000);
