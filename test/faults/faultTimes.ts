/** `npm run test:faults -- --nightly` asks for the large counts. */
export const isNightly = process.env.ASR_FAULTS === 'nightly';

/** How often a fault is tried here. */
export const times = (perChange: number, nightly: number): number => (isNightly ? nightly : perChange);

/** Changes the random choices of all fault tests. */
export const faultSeed = process.env.ASR_FAULT_SEED ?? 'faults';

/** Works on a list with two at a time, as many as the cores of a small machine. */
export async function twoAtATime<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = [...items];
  const worker = async () => {
    for (let item = rest.shift(); item !== undefined; item = rest.shift()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}
