import { Session } from 'node:inspector/promises';

/** The JavaScript of this thread is sampled so often; shorter intervals cost more than they tell. */
const samplingIntervalUs = 500;

/** Samples the JavaScript of this thread until `stop`, which gives the text of a `.cpuprofile`. */
export async function startCpuProfiler(): Promise<{ stop(): Promise<string> }> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.setSamplingInterval', { interval: samplingIntervalUs });
  await session.post('Profiler.start');
  return {
    async stop() {
      const { profile } = await session.post('Profiler.stop');
      session.disconnect();
      return JSON.stringify(profile);
    },
  };
}
