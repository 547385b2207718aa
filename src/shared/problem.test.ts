import { expect, test } from 'vitest';
import { renderProblem } from './problem.ts';

test('a problem is one line that problem matchers read', () => {
  const problem = { code: 'oov', severity: 'error', message: 'no such letter', file: 'a b.jsonl', line: 3 } as const;
  expect(renderProblem(problem)).toBe('a b.jsonl:3:1: error oov: no such letter');
  expect(renderProblem({ code: 'x', severity: 'info', message: 'no file' })).toBe('info x: no file');
});

test('what would act on a terminal is shown instead', () => {
  const problem = {
    code: 'x',
    severity: 'error',
    message: 'e\u0301\u001b[31m\r\n\u009b2J \u202etxt',
    file: 'n\nl',
  } as const;
  expect(renderProblem(problem)).toBe('n\\u{a}l:1:1: error x: e\u0301\\u{1b}[31m\\u{d}\\u{a}\\u{9b}2J \\u{202e}txt');
});
