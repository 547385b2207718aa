import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { whenQuiet } from './whenQuiet.ts';

describe('a file that keeps changing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is looked at once it rests, and now and then when it does not', () => {
    const act = vi.fn();
    const quiet = whenQuiet(act, () => 2000);
    quiet.tell();
    quiet.tell();
    vi.advanceTimersByTime(299);
    expect(act).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(act).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 50; i++) {
      quiet.tell();
      vi.advanceTimersByTime(100);
    }
    // Five seconds without rest.
    expect(act.mock.calls.length).toBeGreaterThanOrEqual(3);
    expect(act.mock.calls.length).toBeLessThanOrEqual(4);
    quiet.dispose();
  });
});
