/** A file that is being written changes many times in a row. */
const quietMs = 300;

/**
 * Calls `act` when nothing has been told for a moment; where there is no end of it, `longestMs` after the first time.
 * `longestMs` is asked each time: what takes long is done less often.
 */
export function whenQuiet(act: () => void, longestMs: () => number): { tell(): void; dispose(): void } {
  let timer: NodeJS.Timeout | undefined;
  let firstMs: number | undefined;
  return {
    tell() {
      const nowMs = performance.now();
      firstMs ??= nowMs;
      clearTimeout(timer);
      timer = setTimeout(
        () => {
          firstMs = undefined;
          act();
        },
        Math.max(0, Math.min(quietMs, firstMs + longestMs() - nowMs)),
      );
    },
    dispose: () => clearTimeout(timer),
  };
}
