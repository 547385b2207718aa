import { expect, test } from 'vitest';
import { createHeap } from './heapModel.ts';

const kibibyte = 1024;
/** What a block of so many bytes takes with its header. */
const taken = (bytes: number) => bytes + 64;

test('freed neighbours join and serve what is larger than either', () => {
  const heap = createHeap();
  const [a, b] = [heap.allocate(kibibyte), heap.allocate(kibibyte)];
  heap.allocate(kibibyte);
  heap.free(a);
  heap.free(b);
  heap.allocate(2 * kibibyte);
  expect(heap.peak).toBe(3 * taken(kibibyte));
});

test('the smallest hole that is large enough is taken', () => {
  const heap = createHeap();
  const large = heap.allocate(8 * kibibyte);
  heap.allocate(kibibyte);
  const small = heap.allocate(2 * kibibyte);
  heap.allocate(kibibyte);
  const { peak } = heap;
  heap.free(large);
  heap.free(small);
  heap.allocate(2 * kibibyte);
  heap.allocate(8 * kibibyte);
  expect(heap.peak).toBe(peak);
});

test('what is freed at the end is used again, and a hole too small is not', () => {
  const heap = createHeap();
  const first = heap.allocate(kibibyte);
  const last = heap.allocate(kibibyte);
  heap.free(last);
  heap.allocate(3 * kibibyte);
  expect(heap.peak).toBe(taken(kibibyte) + taken(3 * kibibyte));
  heap.free(first);
  heap.allocate(2 * kibibyte);
  expect(heap.peak).toBe(taken(kibibyte) + taken(3 * kibibyte) + taken(2 * kibibyte));
  expect(heap.used).toBe(taken(3 * kibibyte) + taken(2 * kibibyte));
});
