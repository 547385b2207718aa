/** Time by the machine's monotonic clock, which is one for all its processes, unlike `performance.now()`. */
export const monotonicMs = (): number => Number(process.hrtime.bigint()) / 1e6;
