export interface TimeTicks {
  stepSec: number;
  major: number[];
  minor: number[];
}

/** Distances between labelled ticks, with the distance of the unlabelled ones between them. */
const timeSteps: [number, number][] = [
  ...[-4, -3, -2, -1].flatMap((power): [number, number][] =>
    [1, 2, 5].map((digit) => [digit * 10 ** power, (digit === 2 ? 0.5 : digit === 5 ? 1 : 0.2) * 10 ** power]),
  ),
  [1, 0.2],
  [2, 0.5],
  [5, 1],
  [10, 2],
  [15, 5],
  [30, 5],
  [60, 10],
  [120, 30],
  [300, 60],
  [600, 120],
  [900, 300],
  [1800, 300],
  [3600, 600],
  [7200, 1800],
  [14_400, 3600],
  [43_200, 7200],
];

/** Round times in a stretch, labelled ones at least `minGapPx` apart. */
export function timeTicks(startSec: number, endSec: number, widthPx: number, minGapPx = 80): TimeTicks {
  const secPerPx = (endSec - startSec) / Math.max(1, widthPx);
  const [stepSec, minorSec] = timeSteps.find(([step]) => step / secPerPx >= minGapPx) ?? timeSteps.at(-1)!;
  const multiples = (step: number): number[] => {
    const first = Math.ceil(startSec / step - 1e-9);
    const count = Math.floor(endSec / step + 1e-9) - first + 1;
    return Array.from({ length: Math.max(0, Math.min(2000, count)) }, (_, i) => (first + i) * step);
  };
  const perMajor = Math.round(stepSec / minorSec);
  const minor = multiples(minorSec).filter((sec) => Math.round(sec / minorSec) % perMajor !== 0);
  return { stepSec, major: multiples(stepSec), minor };
}

/** `m:ss.fff`, or `h:mm:ss.fff`; as many decimals as asked for. */
export function formatTime(sec: number, decimals = 3): string {
  const units = Math.round(Math.abs(sec) * 10 ** decimals);
  const whole = Math.floor(units / 10 ** decimals);
  const part = decimals > 0 ? `.${String(units % 10 ** decimals).padStart(decimals, '0')}` : '';
  const two = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const clock = hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
  return `${sec < 0 && units > 0 ? '−' : ''}${clock}${part}`;
}

/** Decimals that tell neighbouring ticks apart. */
export function decimalsFor(stepSec: number): number {
  return Math.max(0, Math.min(4, Math.ceil(-Math.log10(stepSec) - 1e-9)));
}

/** A length of time as a person would say it. */
export function formatDuration(sec: number): string {
  if (sec < 1e-3) return `${(sec * 1e6).toFixed(0)} µs`;
  if (sec < 1) return `${(sec * 1000).toFixed(sec < 0.1 ? 1 : 0)} ms`;
  if (sec < 60) return `${sec.toFixed(sec < 10 ? 3 : 2)} s`;
  return formatTime(sec, sec < 3600 ? 1 : 0);
}

export function formatHz(hz: number): string {
  if (hz < 1000) return `${hz.toFixed(0)} Hz`;
  return `${(hz / 1000).toFixed(hz < 10_000 ? 2 : 1)} kHz`;
}

/** A tick's label: no more digits than it has. */
export function formatHzTick(hz: number): string {
  return hz < 1000 ? `${hz}` : `${+(hz / 1000).toFixed(2)}k`;
}

/** The same with its unit, for the tick that says it for all. */
export function formatHzUnit(hz: number): string {
  return hz < 1000 ? `${hz} Hz` : `${+(hz / 1000).toFixed(2)} kHz`;
}

export function formatDb(db: number): string {
  return `${db < 0 ? '−' : ''}${Math.abs(db).toFixed(1)} dB`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes / 1000, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}
