import { expect, test } from 'vitest';
import { parseArguments } from '../../../engine/arguments.ts';
import { commands } from '../../../engine/commandTable.ts';
import { streamArguments } from './playStream.ts';

test('the settings of the view are a command line that the engine takes, whatever the files are called', () => {
  const settings = { chunkMs: 80, lookAheadMs: 40, silenceMs: 500, speed: 2 };
  const [name, ...rest] = streamArguments('/r/run', '/d/--json', settings);
  const parsed = parseArguments(name!, commands[name!]!, rest);
  expect(parsed.operands).toEqual(['/r/run', '/d/--json']);
  expect(['chunk-ms', 'look-ahead-ms', 'silence-ms', 'speed'].map((key) => parsed.number(key))).toEqual([
    80, 40, 500, 2,
  ]);
  expect([parsed.flag('events'), parsed.flag('json')]).toEqual([true, false]);
  const own = streamArguments('/r/run', '/d/a.wav', { ...settings, lookAheadMs: null });
  expect(own).not.toContain('--look-ahead-ms');
});
