/** How fast it can be played; the pitch stays. */
export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** The next faster speed for 1, the next slower one for −1. */
export function nextSpeed(speed: number, direction: 1 | -1): number {
  const next = direction > 0 ? speeds.find((one) => one > speed) : speeds.findLast((one) => one < speed);
  return next ?? speed;
}

export const speedText = (speed: number): string => `${speed}×`;
