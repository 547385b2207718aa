import { expect, test } from 'vitest';
import { parseArguments } from '../../../engine/arguments.ts';
import { commands } from '../../../engine/commandTable.ts';
import { corpusChoices, prepareArguments, splitChoices } from './prepareChoices.ts';

test('each choice is a command line that the engine takes', () => {
  for (const corpus of corpusChoices)
    for (const split of splitChoices) {
      const [command, ...rest] = prepareArguments({
        corpus,
        folder: '/d',
        part: 'x',
        split,
        place: (name) => `/o/${name}`,
      });
      const parsed = parseArguments(command!, commands[command!]!, rest);
      expect(parsed.text('out')).toBe('/o/train.jsonl');
      expect(parsed.text('dev-out') !== undefined).toBe(split.parts.includes('dev'));
      expect(parsed.text('split')).toBe('x');
    }
});

test('every layout that the engine knows can be chosen', () => {
  const offered = corpusChoices.flatMap(({ format }) => format ?? []);
  expect(offered.sort()).toEqual([...commands.prepare!.options.format!.choices!].sort());
});
