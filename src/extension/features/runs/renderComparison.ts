import type { RunModel } from '../../../shared/run/runModel.ts';
import { formatDuration, formatLoss, formatPercent } from '../../../shared/run/runStatus.ts';
import type { SeriesPoint } from '../../../shared/run/stepSeries.ts';
import { escapeMarkdown } from '../../services/markdown.ts';

export interface ComparedRun {
  label: string;
  directory: string;
  state: string;
  model: RunModel;
}

export interface DifferingKey {
  key: string;
  /** One for each run, as JSON; empty where the run has no such key. */
  values: string[];
}

/** Runs side by side as Markdown: results, then the keys in which their configs differ. */
export function renderComparison(runs: readonly ComparedRun[], keys: readonly DifferingKey[] | undefined): string {
  const results = figures.flatMap(({ title, of }) => {
    const cells = runs.map(({ model, state }) => of(model, state) ?? '');
    return cells.some((cell) => cell !== '') ? [[title, ...cells]] : [];
  });
  const sections = [
    `# ${escapeMarkdown(runs.map(({ label }) => label).join(' / '))}`,
    table(runs, results),
    '## Changed keys',
    renderKeys(runs, keys),
    '## Run directories',
    runs.map(({ label, directory }) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(directory)}`).join('\n'),
  ];
  return `${sections.join('\n\n')}\n`;
}

type Figure = { title: string; of(model: RunModel, state: string): string | undefined };

const figures: Figure[] = [
  { title: 'State', of: (_, state) => state },
  { title: 'Best WER', of: ({ best }) => best && formatPercent(best.wer) },
  { title: 'Best CER', of: ({ best }) => best && formatPercent(best.cer) },
  { title: 'Best epoch', of: ({ best }) => best && (best.epoch === undefined ? 'average' : `${best.epoch + 1}`) },
  {
    title: 'Epochs',
    of: ({ started, epoch }) => started && `${Math.min(epoch + 1, started.epochs)} of ${started.epochs}`,
  },
  { title: 'Last training loss', of: ({ lastStep }) => lastStep && formatLoss(lastStep.loss) },
  { title: 'Last dev loss', of: ({ evaluations }) => (evaluations.length ? formatLoss(evaluations.at(-1)!.loss) : '') },
  { title: 'Speed', of: (model) => renderSpeed([...model.history, ...model.recent]) },
  { title: 'Parameters', of: ({ started }) => started?.parameters.toLocaleString('en') },
  { title: 'Device', of: ({ started }) => started && `${started.device}, ${started.threads} threads` },
  { title: 'Training data', of: ({ started }) => started && formatDuration(started.trainSec) },
  {
    title: 'Time',
    of: ({ startedMs, updatedMs }) =>
      startedMs === undefined || updatedMs === undefined ? undefined : formatDuration((updatedMs - startedMs) / 1000),
  },
];

/** Over all steps, evaluations and checkpoints left out. */
function renderSpeed(points: readonly SeriesPoint[]): string | undefined {
  const sum = (of: (point: SeriesPoint) => number) =>
    points.reduce((total, point) => total + of(point) * point.steps, 0);
  const [audioSec, durationMs] = [sum((point) => point.audioSec), sum((point) => point.durationMs)];
  return durationMs > 0 ? `${((audioSec / durationMs) * 1000).toFixed(0)} × real time` : undefined;
}

function renderKeys(runs: readonly ComparedRun[], keys: readonly DifferingKey[] | undefined): string {
  if (!keys) return 'The config of one of the runs cannot be read.';
  if (keys.length === 0) return 'None: the configs say the same.';
  return table(
    runs,
    keys.map(({ key, values }) => [key, ...values]),
  );
}

function table(runs: readonly ComparedRun[], rows: readonly string[][]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  const head = ['', ...runs.map(({ label }) => label)];
  return [line(head), `|---|${runs.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
