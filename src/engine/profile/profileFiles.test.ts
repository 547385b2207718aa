import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { profileFiles } from '../../shared/run/layout.ts';
import { parseProfileSummary } from '../../shared/run/profileSummary.ts';
import { rawFolder, writeProfile } from './profileFiles.ts';

const recorded = readFileSync(join(import.meta.dirname, '../../../test/fixtures/ortProfile/cpu.json'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'asr-profile-files-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What two steps of ten seconds left, with this much of the recorded profile. */
async function write(name: string, trace: string): Promise<string> {
  const directory = join(folder, name);
  mkdirSync(rawFolder(directory));
  writeFileSync(join(rawFolder(directory), 'ort-0_2026-01-31_14-25-01.json'), trace);
  const runs = [0, 10_000, 20_000].map((startMs) => ({ startMs, endMs: startMs + 8000 }));
  const windows = [1, 2].map((step) => {
    const startMs = 10_000 * step;
    return { step, steps: 1, startMs, call: { startMs, endMs: startMs + 9000 }, endMs: startMs + 9500 };
  });
  const requests = windows.map(({ call }) => call);
  const traces = [{ key: '2×8×4', filePrefix: join(rawFolder(directory), 'ort-0'), runs }];
  await writeProfile(directory, {
    ...{ device: 'cpu', startedMs: 1, windows, features: [], engineCpu: '{}' },
    graph: { requests, extra: [], traces, cpuProfile: '{}' },
  });
  return directory;
}

it('makes the files of a profile and removes those of ONNX Runtime', async () => {
  const directory = await write('whole', recorded);
  expect(readdirSync(folder)).toEqual(['whole']);
  expect(readdirSync(directory).sort()).toEqual(Object.values(profileFiles).sort());
  const summary = parseProfileSummary(readFileSync(join(directory, profileFiles.summary), 'utf8'))!;
  expect(summary).toMatchObject({ firstStep: 1, steps: 2, wallMs: 19_000, shapes: ['2×8×4'] });
  expect(summary.byLayer.map(({ name }) => name)).toEqual(['rnn.0', 'output']);
});

it('makes none where a part of the profile is missing', async () => {
  await expect(write('torn', recorded.slice(0, recorded.length / 2))).rejects.toThrow(/ends before the steps do/);
  expect(existsSync(join(folder, 'torn'))).toBe(false);
  expect(existsSync(rawFolder(join(folder, 'torn')))).toBe(false);
});
