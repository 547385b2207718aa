import { acquireLock } from '../../src/training/run/lock.ts';

/** A process that takes a run's lock at a moment, and says whether it got it; `release` gives it back. */
export type TakerCall = { directory: string; atMs: number } | 'release';

let lock: { release(): void } | undefined;
process.on('message', (call: TakerCall) => {
  if (call === 'release') {
    lock?.release();
    lock = undefined;
    return process.send!('released');
  }
  while (Date.now() < call.atMs);
  try {
    lock = acquireLock(call.directory);
    return process.send!('taken');
  } catch (error) {
    return process.send!((error as Error).message);
  }
});
