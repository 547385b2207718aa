import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UserError } from '../problem.ts';
import { connect, type Port } from './channel.ts';
import { arrayOf, isBuffer, isInteger, isNumber, isString, object, optional, parameters } from './check.ts';

interface Host {
  add(a: number, b: number): number;
  describe(range: { startSec: number; label?: string }): Promise<string>;
  fail(expected: boolean): void;
  wait(): Promise<void>;
}
interface View {
  painted(tile: ArrayBuffer): number;
}

/** Two ends of one wire, through a real structured clone and a later turn of the event loop. */
function createWire(): [Port, Port, (message: unknown) => void] {
  const listeners: ((message: unknown) => void)[][] = [[], []];
  const end = (mine: number): Port => ({
    send(message) {
      const copy = structuredClone(message);
      setImmediate(() => {
        for (const listener of listeners[1 - mine]!) listener(copy);
      });
    },
    listen(listener) {
      listeners[mine]!.push(listener);
      return () => listeners[mine]!.splice(listeners[mine]!.indexOf(listener), 1);
    },
  });
  return [
    end(0),
    end(1),
    (message) => {
      for (const listener of listeners[0]!) listener(message);
    },
  ];
}

function openChannel() {
  const [hostPort, viewPort, intrude] = createWire();
  const calls: string[] = [];
  const host = connect<Host, View>(
    hostPort,
    {
      add(a, b) {
        calls.push('add');
        return a + b;
      },
      describe: async (range) => `${range.label ?? 'range'} at ${range.startSec}`,
      fail(expected) {
        throw expected ? new UserError('no run yet') : new Error('broken');
      },
      wait: () => new Promise(() => {}),
    },
    {
      add: parameters(isNumber, isNumber),
      describe: parameters(object({ startSec: isNumber, label: optional(isString) })),
      fail: parameters((value): value is boolean => typeof value === 'boolean'),
      wait: parameters(),
    },
    { painted: isInteger },
  );
  const view = connect<View, Host>(viewPort, { painted: (tile) => tile.byteLength }, { painted: parameters(isBuffer) });
  return { host, view, intrude, calls };
}

test('calls and answers both ways', async () => {
  const { host, view } = openChannel();
  expect(await view.remote.add(2, 3)).toBe(5);
  expect(await view.remote.describe({ startSec: 1.5 })).toBe('range at 1.5');
  expect(await host.remote.painted(new ArrayBuffer(12))).toBe(12);
});

test('a throwing handler rejects its caller, and an expected failure stays one', async () => {
  const { view } = openChannel();
  await expect(view.remote.fail(false)).rejects.toThrow('broken');
  await expect(view.remote.fail(false)).rejects.not.toBeInstanceOf(UserError);
  await expect(view.remote.fail(true)).rejects.toBeInstanceOf(UserError);
});

test('wrong parameters and unknown methods never reach a handler', async () => {
  const { view, calls } = openChannel();
  const loose = view.remote as unknown as Record<string, (...parameters: unknown[]) => Promise<unknown>>;
  await expect(loose.add!(1, 'two')).rejects.toThrow('bad parameters for add');
  await expect(loose.add!(1, Number.NaN)).rejects.toThrow('bad parameters');
  await expect(loose.add!(1, 2, 3)).rejects.toThrow('bad parameters');
  await expect(loose.describe!([])).rejects.toThrow('bad parameters');
  await expect(loose.constructor!()).rejects.toThrow('no method constructor');
  await expect(loose.toString!()).rejects.toThrow('no method toString');
  expect(calls).toEqual([]);
});

test('closing rejects what waits and what comes later', async () => {
  const { view } = openChannel();
  const waiting = view.remote.wait();
  view.dispose();
  await expect(waiting).rejects.toThrow('closed');
  await expect(view.remote.add(1, 1)).rejects.toThrow('closed');
});

test('a port that fails rejects the call', async () => {
  const sync = connect<View, Host>(
    {
      send: () => {
        throw new Error('gone');
      },
      listen: () => () => {},
    },
    { painted: () => 0 },
    { painted: parameters(isBuffer) },
  );
  await expect(sync.remote.add(1, 1)).rejects.toThrow('gone');
  const later = connect<View, Host>(
    { send: () => Promise.reject(new Error('gone later')), listen: () => () => {} },
    { painted: () => 0 },
    { painted: parameters(isBuffer) },
  );
  await expect(later.remote.add(1, 1)).rejects.toThrow('gone later');
});

test('ten thousand arbitrary messages change nothing', async () => {
  const { view, intrude, calls } = openChannel();
  fc.assert(
    fc.property(
      fc.oneof(
        fc.anything(),
        fc.record({
          call: fc.anything(),
          method: fc.constantFrom('add', 'x', '__proto__'),
          parameters: fc.array(fc.string()),
        }),
        fc.record({ answer: fc.integer(), value: fc.anything() }),
      ),
      (message) => intrude(message),
    ),
    { numRuns: 10_000 },
  );
  expect(calls).toEqual([]);
  // The refusals to the intruder's calls may carry the number of a real one: calls are made until they have passed.
  let sum: number | undefined;
  for (let attempt = 0; sum === undefined && attempt < 100; attempt++)
    sum = await view.remote.add(20, 22).catch(() => undefined);
  expect(sum).toBe(42);
});

test('checks', () => {
  expect(arrayOf(isNumber, 2)([1, 2])).toBe(true);
  expect(arrayOf(isNumber, 2)([1, 2, 3])).toBe(false);
  expect(object({ a: isNumber })({ a: 1, b: 2 })).toBe(true);
  expect(object({ a: isNumber })(null)).toBe(false);
  expect(parameters(isNumber, optional(isString))([1])).toBe(true);
  expect(parameters(isNumber)([])).toBe(false);
});
