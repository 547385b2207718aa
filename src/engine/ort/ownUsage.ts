import type { ProcessUsage } from './protocol.ts';

/** Of the process that asks. */
export function ownUsage(): ProcessUsage {
  const { rss, heapUsed, heapTotal, external } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    rssBytes: rss,
    heapUsedBytes: heapUsed,
    heapTotalBytes: heapTotal,
    externalBytes: external,
    cpuMs: (user + system) / 1000,
    ageMs: performance.now(),
  };
}
