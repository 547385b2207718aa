import type { ResourcesSampled } from './events.ts';

/** One sample of many that the series keeps. */
export type ResourcePoint = Omit<ResourcesSampled, 'kind'>;

const limit = 720;

/** The series with one more sample; when it grows too long, every other one of its older half goes. */
export function addSample(points: readonly ResourcePoint[], { kind: _, ...sample }: ResourcesSampled): ResourcePoint[] {
  const next = [...points, sample];
  if (next.length <= limit) return next;
  const older = next.length / 2;
  return next.filter((_point, index) => index >= older || index % 2 === 0);
}
