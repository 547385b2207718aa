import * as fs from 'node:fs';
import * as path from 'node:path';
import Mocha from 'mocha';

/** What VS Code calls inside the extension host: runs every `*.test.cjs` beside this file, or those for Restricted Mode. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 120_000, grep: process.env.ASR_TEST_GREP ?? '' });
  const folder = process.env.ASR_TEST_RESTRICTED === '1' ? path.join(__dirname, 'restricted') : __dirname;
  const suites = fs.readdirSync(folder).filter((name) => name.endsWith('.test.cjs'));
  if (suites.length === 0) throw new Error(`no test in ${folder}`);
  for (const name of suites.sort()) mocha.addFile(path.join(folder, name));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} of the tests failed`);
}
