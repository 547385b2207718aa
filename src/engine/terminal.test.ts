import { expect, test } from 'vitest';
import { createTerminal } from './terminal.ts';

function setUp(options: { json?: boolean; isTTY?: boolean; columns?: number } = {}) {
  const written = { out: '', error: '' };
  let nowMs = 0;
  const stream = (name: 'out' | 'error') => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: options.isTTY ?? false,
    columns: options.columns ?? 80,
  });
  const terminal = createTerminal(options.json ?? false, { out: stream('out'), error: stream('error') }, () => nowMs);
  return {
    terminal,
    written,
    passMs: (ms: number) => {
      nowMs += ms;
    },
  };
}

test('results go to standard output, talk to standard error', () => {
  const { terminal, written } = setUp();
  terminal.print('result');
  terminal.note('talk');
  terminal.report({ code: 'c', severity: 'warning', message: 'm', file: 'f', line: 2, column: 3 });
  terminal.result({ a: 1 });
  expect(written).toEqual({ out: 'result\n', error: 'talk\nf:2:3: warning c: m\n' });
});

test('with --json standard output is the document alone', () => {
  const { terminal, written } = setUp({ json: true });
  terminal.print('result');
  terminal.result([{ text: 'a\nb' }]);
  expect(written.out).toBe('[{"text":"a\\nb"}]\n');
  expect(written.error).toBe('result\n');
  expect(() => terminal.result(1)).toThrow('one result');
});

test('progress replaces itself on a terminal, and lines printed meanwhile stay whole', () => {
  const { terminal, written } = setUp({ isTTY: true, columns: 12 });
  terminal.progress('step 1 of 100000');
  terminal.note('hello');
  terminal.progress('');
  terminal.progress('');
  const clear = '\r\u001b[K';
  expect(written.error).toBe(`${clear}step 1 of 1${clear}hello\n${clear}step 1 of 1${clear}`);
});

test('elsewhere progress is a line after two seconds and every ten', () => {
  const { terminal, written, passMs } = setUp();
  for (let i = 0; i < 25; i++) {
    terminal.progress(`at ${i}`);
    passMs(1000);
  }
  expect(written.error).toBe('at 2\nat 12\nat 22\n');
});

test('an interrupt reaches the handler once; without one there is nobody to wait for', () => {
  const { terminal } = setUp();
  const calls: string[] = [];
  const take = terminal.onInterrupt(() => calls.push('a'));
  expect(terminal.interrupt()).toBe(true);
  expect(terminal.interrupt()).toBe(false);
  take();
  const back = terminal.onInterrupt(() => calls.push('b'));
  back();
  expect(terminal.interrupt()).toBe(false);
  expect(calls).toEqual(['a']);
});
