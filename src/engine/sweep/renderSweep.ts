import { bestTrial, compareTrials, type SweepRecord, type SweepTrial } from '../../shared/sweep/sweepRecord.ts';
import { renderDuration, renderPercent } from '../train/progressText.ts';
import { trialDirectory } from './planSweep.ts';

/** The trials as a table, best first. */
export function renderSweep({ keys, trials }: SweepRecord): string[] {
  const best = bestTrial(trials);
  const rows = [...trials]
    .sort(compareTrials)
    .map((trial) => [
      trial === best ? '*' : '',
      String(trial.number),
      ...trial.values,
      trial.wer === null ? '–' : renderPercent(trial.wer),
      trial.cer === null ? '–' : renderPercent(trial.cer),
      `${trial.wers.length}/${trial.epochs}`,
      trial.durationMs > 0 ? renderDuration(trial.durationMs) : '–',
      wordOf(trial),
    ]);
  const head = ['', 'trial', ...keys.map(({ key }) => key), 'WER', 'CER', 'epochs', 'time', 'state'];
  const widths = head.map((title, i) => Math.max(...[title, ...rows.map((row) => row[i]!)].map((cell) => cell.length)));
  const line = (cells: readonly string[]) => cells.map((cell, i) => cell.padEnd(widths[i]!)).join('  ');
  return [head, ...rows].map((cells) => line(cells).trimEnd());
}

const wordOf = ({ state, message }: SweepTrial): string =>
  state === 'failed' ? `failed: ${message}` : state === 'stopped' ? 'given up' : state;

/** What `asr sweep --json` answers. */
export function sweepDocument(directory: string, { name, keys, trials }: SweepRecord, end: string) {
  const describe = (trial: SweepTrial) => ({
    trial: trial.number,
    values: Object.fromEntries(keys.map(({ key }, i) => [key, trial.values[i]])),
    state: trial.state,
    wer: trial.wer,
    cer: trial.cer,
    epochs: trial.wers.length,
    durationMs: Math.round(trial.durationMs),
    runDirectory: trialDirectory(directory, trial),
    message: trial.message ?? null,
  });
  const best = bestTrial(trials);
  return {
    sweep: directory,
    name,
    end,
    best: best ? describe(best) : null,
    trials: [...trials].sort(compareTrials).map(describe),
  };
}
