import type { Problem } from '../../../../shared/problem.ts';
import type { ChannelReader } from './channelReader.ts';

/** Oddities that only the samples show, once enough of them have been read to say so. */
export function sampleProblems(
  found: Pick<ChannelReader, 'notFinite' | 'sampleRateHz' | 'totalSamples'> & { peak: number; done: number },
): Problem[] {
  const { notFinite, sampleRateHz, totalSamples, peak, done } = found;
  const problems: Problem[] = [];
  if (notFinite.count > 0) {
    const timeSec = (notFinite.firstSample / sampleRateHz).toFixed(3);
    problems.push({
      code: 'audio-not-finite',
      severity: 'warning',
      message: `${notFinite.count} samples are not finite numbers, the first at ${timeSec} s; they are shown as 0. Training refuses such a clip: export it again as 16-bit PCM.`,
    });
  }
  if (done === 1 && totalSamples > 0 && peak === 0)
    problems.push({
      code: 'audio-silent',
      severity: 'warning',
      message: 'Every sample is 0: the recording is silent.',
    });
  if (peak > 1.001) {
    const overDb = (20 * Math.log10(peak)).toFixed(1);
    problems.push({
      code: 'audio-over-range',
      severity: 'info',
      message: `Samples reach ${overDb} dB above full scale; playing clips them.`,
    });
  }
  return problems;
}
