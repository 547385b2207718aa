import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunAlert } from '../../shared/run/alert.ts';
import { createDiskWatch } from './diskWatch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const refusal = (code: string) => Object.assign(new Error(`${code}: refused, write`), { code });

function watch() {
  const told: (RunAlert | undefined)[] = [];
  const disk = { error: undefined as Error | undefined, isToStop: false, lines: 0 };
  const created = createDiskWatch({
    directory: '/runs/one',
    isToStop: () => disk.isToStop,
    waits: (alert) => told.push(alert),
    fails: (alert) => told.push(alert),
    nowMs: () => 7,
  });
  const write = () => {
    if (disk.error) throw disk.error;
    disk.lines++;
  };
  return { created, told, disk, write };
}

describe('a disk without space', () => {
  it('is told of at once and once, and the run goes on within five seconds of its end', async () => {
    const { created, told, disk, write } = watch();
    disk.error = refusal('ENOSPC');
    created.refused(disk.error, write);
    created.refused(disk.error, write);
    const saved = created.persist(async () => write());
    const settled = vi.fn();
    void created.settled().then(settled);
    await vi.advanceTimersByTimeAsync(60_000);
    const message = 'the disk is full: training waits and goes on by itself when /runs/one can be written again';
    expect(told).toEqual([{ code: 'disk-full', message, sinceMs: 7 }]);
    expect(settled).not.toHaveBeenCalled();
    disk.error = undefined;
    await vi.advanceTimersByTimeAsync(5000);
    await saved;
    expect(settled).toHaveBeenCalled();
    expect(told.slice(1)).toEqual([undefined]);
    expect(disk.lines).toBe(2);
  });

  it('does not keep a run from ending', async () => {
    const { created, told, disk, write } = watch();
    disk.error = refusal('ENOSPC');
    created.refused(disk.error, write);
    const saved = created.persist(async () => write()).catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(1000);
    disk.isToStop = true;
    await vi.advanceTimersByTimeAsync(200);
    await created.settled();
    expect(await saved).toContain('ENOSPC');
    expect(told).toHaveLength(1);
    await expect(created.persist(async () => write())).rejects.toThrow('ENOSPC');
  });
});

describe('another refusal', () => {
  it.each(['EIO', 'EROFS'])('of the events, %s, ends the run', async (code) => {
    const { created, told, write } = watch();
    created.refused(refusal(code), write);
    await expect(created.settled()).rejects.toThrow('the events of the run cannot be written to /runs/one');
    expect(told).toMatchObject([{ code: 'disk-error' }]);
  });

  it('that comes while the events wait for space ends the run too', async () => {
    const { created, told, disk, write } = watch();
    created.refused(refusal('ENOSPC'), write);
    disk.error = refusal('EIO');
    const settled = created.settled().catch((error: Error) => error.message);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await settled).toContain('the disk reports an error');
    expect(told).toMatchObject([{ code: 'disk-full' }, { code: 'disk-error' }]);
  });

  it('too many open files passes for the events, and is the saver’s to tell', async () => {
    const { created, told, write } = watch();
    created.refused(refusal('EMFILE'), write);
    await vi.advanceTimersByTimeAsync(1000);
    await created.settled();
    expect(told).toMatchObject([{ code: 'disk-error' }, undefined]);
    await expect(created.persist(() => Promise.reject(refusal('EMFILE')))).rejects.toThrow('EMFILE');
  });
});
