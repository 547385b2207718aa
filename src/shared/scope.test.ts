import { expect, test } from 'vitest';
import { createScope } from './scope.ts';

test('gives back in reverse order, once, and goes on after a disposer that throws', () => {
  const order: string[] = [];
  const errors: unknown[] = [];
  const scope = createScope((error) => errors.push(error));
  scope.add(() => order.push('first'));
  scope.add(() => {
    throw new Error('stuck');
  });
  scope.add({ dispose: () => order.push('last') });
  scope.dispose();
  scope.dispose();
  expect(order).toEqual(['last', 'first']);
  expect(errors).toEqual([new Error('stuck')]);
});

test('a late arrival is disposed at once', () => {
  const scope = createScope();
  scope.dispose();
  let released = 0;
  scope.add(() => released++);
  scope.child().add(() => released++);
  expect(released).toBe(2);
});

test('a child ends with its parent, and a child that ended is forgotten', () => {
  const order: string[] = [];
  const parent = createScope();
  const early = parent.child();
  const late = parent.child();
  early.add(() => order.push('early'));
  late.add(() => order.push('late'));
  early.dispose();
  expect(order).toEqual(['early']);
  parent.dispose();
  expect(order).toEqual(['early', 'late']);
  expect(late.disposed).toBe(true);
});
