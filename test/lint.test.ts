import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the project's own lint rules on planted files, in a project of their own. */
function lint(files: Record<string, string>): string {
  const place = mkdtempSync(join(folder, 'case-'));
  cpSync(join(root, 'biome.json'), join(place, 'biome.json'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), text);
  }
  spawnSync('git', ['init', '-q'], { cwd: place });
  const biome = join(root, 'node_modules', '.bin', 'biome');
  const { stdout, stderr, status } = spawnSync(biome, ['lint', '--reporter=github', '.'], {
    cwd: place,
    encoding: 'utf8',
  });
  return `${stdout}${stderr}\nstatus ${status}`;
}

const faults: Record<string, Record<string, string>> = {
  noFloatingPromises: { 'src/a.ts': 'const load = async () => 1;\nexport function run() {\n  load();\n}\n' },
  useExhaustiveSwitchCases: {
    'src/a.ts':
      "export function name(kind: 'a' | 'b'): number {\n  switch (kind) {\n    case 'a':\n      return 1;\n  }\n  return 2;\n}\n",
  },
  noExplicitAny: { 'src/a.ts': 'export const read = (value: any) => value;\n' },
  noImportCycles: {
    'src/a.ts': "import { b } from './b.ts';\nexport const a = () => b;\n",
    'src/b.ts': "import { a } from './a.ts';\nexport const b = () => a;\n",
  },
  noEnum: { 'src/a.ts': 'export enum Colour {\n  red,\n}\n' },
  noExcessiveLinesPerFunction: {
    'src/a.ts': `export function long(): number {\n  let sum = 0;\n${'  sum += 1;\n'.repeat(70)}  return sum;\n}\n`,
  },
};

describe('lint rules', () => {
  for (const [rule, files] of Object.entries(faults)) {
    it(`${rule} fires on a planted fault`, () => {
      const report = lint(files);
      expect(report).toContain(rule);
      expect(report).toContain('status 1');
    });
  }

  it('is silent on sound code', () => {
    expect(lint({ 'src/a.ts': 'export const one = (): number => 1;\n' })).toContain('status 0');
  });
});
