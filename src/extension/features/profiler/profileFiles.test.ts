import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProfileSummary } from '../../../shared/run/profileSummary.ts';
import { findProfileFile, readProfile } from './profileFiles.ts';

const summary: ProfileSummary = {
  version: 1,
  device: 'cpu',
  firstStep: 41,
  steps: 5,
  startedMs: 1.7e12,
  shapes: ['8×248×40'],
  wallMs: 20,
  nodesMs: 10,
  offDeviceMs: 0,
  profilingMs: 3,
  parts: [{ name: 'graph', totalMs: 12 }],
  byOperator: [{ name: 'Conv', totalMs: 10, calls: 5, outputBytes: 1000 }],
  byLayer: [],
  byPhase: [],
  byProvider: [],
  nodes: [],
  timeline: [{ line: 'node', name: 'Conv', startMs: 0, durationMs: 4, phase: 'forward' }],
};

describe('profiles on disk', () => {
  let root: string;
  let run: string;
  const write = (place: string, text: string) => {
    mkdirSync(join(root, place, '..'), { recursive: true });
    writeFileSync(join(root, place), text);
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'asr profile #1 '));
    run = join(root, 'run');
    write('run/profiles/step-41/summary.json', JSON.stringify(summary));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  it('are read when they have the form', async () => {
    expect(await readProfile(run, 'profiles/step-41')).toEqual(summary);
    expect(await readProfile(run, 'profiles/step-42')).toBeNull();
    write('run/profiles/torn/summary.json', JSON.stringify(summary).slice(0, 80));
    expect(await readProfile(run, 'profiles/torn')).toBeNull();
    write('run/profiles/other/summary.json', JSON.stringify({ ...summary, nodes: [{ name: 1 }] }));
    expect(await readProfile(run, 'profiles/other')).toBeNull();
    write('run/profiles/later/summary.json', JSON.stringify({ ...summary, version: 2 }));
    expect(await readProfile(run, 'profiles/later')).toBeNull();
  });

  it('are found nowhere but inside the run', async () => {
    write('outside/summary.json', JSON.stringify(summary));
    write('run/profiles-twin/summary.json', JSON.stringify(summary));
    symlinkSync(join(root, 'outside'), join(run, 'profiles/link'));
    write('run/profiles/linked/trace.json', '');
    symlinkSync(join(root, 'outside/summary.json'), join(run, 'profiles/linked/summary.json'));
    const bad = ['../outside', 'profiles/../../outside', 'profiles/link', 'profiles/linked', 'profiles-twin', 'a\0b'];
    for (const profile of bad) await expect(readProfile(run, profile), profile).rejects.toThrow('is not inside');
    await expect(findProfileFile(run, 'profiles')).rejects.toThrow('is not inside');
    write('other/run.json', '');
    symlinkSync(join(root, 'run/profiles'), join(root, 'other/profiles'));
    await expect(readProfile(join(root, 'other'), 'profiles/step-41')).rejects.toThrow('is not inside');
  });

  it('are named as a whole and by file', async () => {
    expect(await findProfileFile(run, 'profiles/step-41')).toMatch(/profiles.step-41$/);
    expect(await findProfileFile(run, 'profiles/step-41', 'summary.json')).toMatch(/summary\.json$/);
    expect(await findProfileFile(run, 'profiles/step-41', 'trace.json')).toBeUndefined();
  });
});
