import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { matchingLines } from './matchingLines.ts';

const folder = mkdtempSync(join(tmpdir(), 'asr-lines-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('the lines are those that splitting the text would give, however it is read', async () => {
  const file = join(folder, 'a.jsonl');
  const line = fc.string({ unit: fc.constantFrom('a', 'b', 'é', ' '), maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { maxLength: 12 }),
      fc.constantFrom('\n', '\r\n'),
      fc.integer({ min: 1, max: 20 }),
      async (lines, end, bytes) => {
        writeFileSync(file, lines.join(end));
        const all = lines.map((text, i): [string, number] => [text, i + 1]);
        expect(await matchingLines(file, 'ab', bytes)).toEqual(all.filter(([text]) => text.includes('ab')));
      },
    ),
    { numRuns: 60 },
  );
});
