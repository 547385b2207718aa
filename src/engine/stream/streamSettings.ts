import type { ParsedArguments } from '../arguments.ts';
import type { ReplaySettings } from './replayFile.ts';
import { streamDefaults } from './streamSession.ts';

/** How a stream is played, from the command line. */
export function streamSettings(args: ParsedArguments): ReplaySettings {
  return {
    chunkMs: args.number('chunk-ms', { min: 10, max: 10_000 }) ?? streamDefaults.chunkMs,
    lookAheadMs: args.number('look-ahead-ms', { min: 0, max: 10_000 }),
    silenceMs: args.number('silence-ms', { min: 100, max: 60_000 }) ?? streamDefaults.silenceMs,
    speed: 0,
  };
}
