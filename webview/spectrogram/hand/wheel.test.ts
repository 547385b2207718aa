import { describe, expect, it } from 'vitest';
import { type WheelTurn, wheelDeed } from './wheel.ts';

const turn = (change: Partial<WheelTurn>): WheelTurn => ({
  ...{ deltaX: 0, deltaY: 0, ctrlKey: false, metaKey: false, shiftKey: false, altKey: false },
  ...change,
});

describe('the wheel', () => {
  it('zooms time, and frequencies with Ctrl, Cmd or over their axis', () => {
    const zoomsTime = { deed: 'zoom', axis: 'time' };
    const zoomsFrequency = { deed: 'zoom', axis: 'frequency' };
    expect(wheelDeed(turn({ deltaY: -100 }), undefined, 'both', false)).toMatchObject(zoomsTime);
    expect(wheelDeed(turn({ deltaY: -100, ctrlKey: true }), undefined, 'both', true)).toMatchObject(zoomsFrequency);
    expect(wheelDeed(turn({ deltaY: -4, ctrlKey: true }), undefined, 'both', true)).toMatchObject(zoomsFrequency);
    expect(wheelDeed(turn({ deltaY: -4, metaKey: true }), undefined, 'both', false)).toMatchObject(zoomsFrequency);
    expect(wheelDeed(turn({ deltaY: 3 }), 'frequency', 'both', false)).toMatchObject(zoomsFrequency);
    const inwards = wheelDeed(turn({ deltaY: -100 }), undefined, 'both', false);
    expect(inwards?.deed === 'zoom' && inwards.factor > 1).toBe(true);
  });

  it('takes small steps with a Ctrl that nobody holds for a pinch, which zooms time', () => {
    const pinch = turn({ deltaY: -3.5, ctrlKey: true });
    expect(wheelDeed(pinch, undefined, 'both', false)).toMatchObject({ deed: 'zoom', axis: 'time' });
    // A notch of a wheel with Ctrl that was pressed before the view had the focus.
    const notch = turn({ deltaY: -120, ctrlKey: true });
    expect(wheelDeed(notch, undefined, 'both', false)).toMatchObject({ axis: 'frequency' });
  });

  it('scrolls sideways and with Shift', () => {
    expect(wheelDeed(turn({ deltaX: 30, deltaY: 5 }), undefined, 'both', false)).toEqual({
      ...{ deed: 'pan', axis: 'time', px: 30 },
    });
    expect(wheelDeed(turn({ deltaY: 50, shiftKey: true }), undefined, 'both', false)).toEqual({
      ...{ deed: 'pan', axis: 'time', px: 50 },
    });
    expect(wheelDeed(turn({ deltaY: 50, shiftKey: true, ctrlKey: true }), undefined, 'both', true)).toEqual({
      ...{ deed: 'pan', axis: 'frequency', px: 50 },
    });
  });

  it('moves nothing that is locked', () => {
    expect(wheelDeed(turn({ deltaY: 9 }), undefined, 'frequency', false)).toMatchObject({ axis: 'frequency' });
    expect(wheelDeed(turn({ deltaY: 100, ctrlKey: true }), undefined, 'time', true)).toMatchObject({ axis: 'time' });
    expect(wheelDeed(turn({ deltaY: 9 }), 'frequency', 'time', false)).toBeUndefined();
    expect(wheelDeed(turn({ deltaX: 9 }), undefined, 'frequency', false)).toBeUndefined();
  });

  it('makes the waveform taller with Alt', () => {
    expect(wheelDeed(turn({ deltaY: -9, altKey: true }), undefined, 'both', false)?.deed).toBe('scaleWaveform');
  });
});
