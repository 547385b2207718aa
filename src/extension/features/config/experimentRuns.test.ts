import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunModel } from '../../../shared/run/runModel.ts';
import type { Run } from '../../services/runs.ts';
import type { Services } from '../../services/services.ts';
import { createExperimentRuns } from './experimentRuns.ts';

const run = (directory: string, name: string, configFile: string): Run => ({
  directory,
  name: 'named by its user',
  experiment: name,
  configFile,
  createdMs: 0,
  model: createRunModel(),
  state: 'done',
  active: false,
  caughtUp: true,
});

test('runs follow a file that is renamed, and no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runs-'));
  try {
    const [old, renamed, other] = ['old', 'renamed', 'other'].map((name) => join(folder, `${name}.asr.yaml`));
    writeFileSync(renamed!, '');
    writeFileSync(other!, '');
    const list = [
      run('by path', 'anything', renamed!),
      run('before the renaming', 'digits', old!),
      run('of another file', 'digits', other!),
      run('gone with another name', 'letters', old!),
      run('gone from elsewhere', 'digits', join(folder, 'elsewhere', 'x.asr.yaml')),
    ];
    const { of } = createExperimentRuns({ runs: { list } } as unknown as Services);
    expect(of(renamed!, 'digits').map(({ directory }) => directory)).toEqual(['by path', 'before the renaming']);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
