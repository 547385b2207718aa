import { describe, expect, it } from 'vitest';
import { emptyHistory, recordView, type Seen, stepView } from './viewHistory.ts';

const view = (startSec: number): Seen => ({ viewport: { startSec, endSec: startSec + 1 }, bands: undefined });

describe('history of views', () => {
  it('takes a continuous gesture as one view', () => {
    let history = emptyHistory;
    for (let i = 0; i < 30; i++) history = recordView(history, view(i), 1000 + i * 100);
    expect(history.past).toEqual([view(0)]);
    history = recordView(history, view(30), 6000);
    expect(history.past).toEqual([view(0), view(30)]);
  });

  it('takes a drag as one view, however long it lasts, and two drags as two', () => {
    let history = emptyHistory;
    for (let i = 0; i < 5; i++) history = recordView(history, view(i), i * 5000, i === 0);
    history = recordView(history, view(5), 20_010, true);
    expect(history.past).toEqual([view(0), view(5)]);
  });

  it('goes back and forward again', () => {
    const history = recordView(recordView(emptyHistory, view(1), 0), view(2), 9000);
    const back = stepView(history, 'back', view(3))!;
    expect(back.seen).toEqual(view(2));
    const further = stepView(back.history, 'back', back.seen)!;
    expect(further.seen).toEqual(view(1));
    expect(stepView(further.history, 'back', further.seen)).toBeUndefined();
    const forth = stepView(further.history, 'forward', further.seen)!;
    expect(forth.seen).toEqual(view(2));
    expect(stepView(forth.history, 'forward', forth.seen)!.seen).toEqual(view(3));
  });

  it('forgets what lay ahead when another way is taken, even at once', () => {
    const back = stepView(recordView(emptyHistory, view(1), 0), 'back', view(2))!;
    expect(recordView(back.history, back.seen, 10).future).toEqual([]);
    expect(recordView(back.history, back.seen, 10).past).toEqual([view(1)]);
  });

  it('is bounded', () => {
    let history = emptyHistory;
    for (let i = 0; i < 500; i++) history = recordView(history, view(i), i * 1000);
    expect(history.past.length).toBe(100);
    expect(history.past.at(-1)).toEqual(view(499));
  });
});
