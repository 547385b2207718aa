import { formatPercent } from '../../shared/run/runStatus.ts';
import { bestTrial, isSettled } from '../../shared/sweep/sweepRecord.ts';
import type { Sweep } from './sweepResults.ts';

/** `learningRate × dropout` */
export const renderSweepKeys = ({ record }: Pick<Sweep, 'record'>): string =>
  record.keys.map(({ key }) => key.slice(key.lastIndexOf('.') + 1)).join(' × ');

/** `tones: learningRate × dropout` */
export const renderSweepLabel = (sweep: Pick<Sweep, 'record'>): string =>
  `${sweep.record.name}: ${renderSweepKeys(sweep)}`;

/** `3/9 · best WER 12.3 %` */
export function renderSweepStatus({ record: { trials } }: Pick<Sweep, 'record'>): string {
  const wer = bestTrial(trials)?.wer;
  const score = wer === undefined || wer === null ? [] : [`best WER ${formatPercent(wer)}`];
  return [`${trials.filter(isSettled).length}/${trials.length}`, ...score].join(' · ');
}
