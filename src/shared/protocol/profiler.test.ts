import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { connect, type Port } from './channel.ts';
import {
  type ProfilerHost,
  type ProfilerView,
  profilerHostChecks,
  profilerViewChecks,
  runActions,
  utteranceActions,
} from './profiler.ts';

function createWire() {
  const listeners: ((message: unknown) => void)[] = [];
  const sent: unknown[] = [];
  const port: Port = {
    send: (message) => sent.push(message),
    listen(listener) {
      listeners.push(listener);
      return () => {};
    },
  };
  return { port, sent, arrive: (message: unknown) => listeners[0]!(message) };
}

/** Records its calls. */
function hostThatCounts() {
  const calls: [string, ...unknown[]][] = [];
  const note =
    (name: string) =>
    (...parameters: unknown[]) => {
      calls.push([name, ...parameters]);
    };
  const local = Object.fromEntries(Object.keys(profilerHostChecks).map((name) => [name, note(name)]));
  return { calls, local: local as unknown as ProfilerHost };
}

describe('messages of the profiler panel', () => {
  it('ten thousand random ones are harmless, and none with bad parameters is taken', async () => {
    const { port, sent, arrive } = createWire();
    const { calls, local } = hostThatCounts();
    connect<ProfilerHost, ProfilerView>(port, local, profilerHostChecks);
    const random = createRandom(1, 'messages');
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!;
    const values = (): unknown[] => [
      ...[undefined, null, '', '/run', 'stop', -1, 0, 3, 0.5, Number.NaN, true, [], {}, { directory: '/run' }],
      ...[{ directory: '/run', step: 1, index: 0 }, { directory: 1, step: '1' }, new ArrayBuffer(4), '__proto__'],
    ];
    const methods = [...Object.keys(profilerHostChecks), 'constructor', '__proto__', 'toString', 'appended'];
    for (let i = 0; i < 10_000; i++) {
      const parameters = Array.from({ length: Math.floor(random.next() * 4) }, () => pick(values()));
      const call = { call: i, method: pick(methods), parameters };
      arrive(pick([call, call, call, { ...call, parameters: 'x' }, pick(values()), { answer: i, value: {} }]));
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(sent.length).toBeGreaterThan(3000);
    expect(calls.length).toBeGreaterThan(100);
    for (const [name, ...parameters] of calls)
      expect(profilerHostChecks[name as keyof ProfilerHost](parameters)).toBe(true);
    const acted = calls.filter(([name]) => name === 'runAction' || name === 'utteranceAction').map((call) => call[2]);
    expect(acted.every((action) => [...runActions, ...utteranceActions].includes(action as never))).toBe(true);
  });

  it('takes what the two ends really send', () => {
    const event = { kind: 'checkpoint', step: 3, timeMs: 1, epoch: 0, path: 'p', durationMs: 1 };
    const update = { directory: '/run', state: 'running', active: true, events: [event] };
    expect(profilerViewChecks.appended([[update]])).toBe(true);
    expect(profilerViewChecks.appended([[{ ...update, events: [{ kind: 'step' }] }]])).toBe(false);
    expect(profilerHostChecks.samples([{ directory: '/run', step: 1, index: 0 }, 0, 65_536])).toBe(true);
  });
});
