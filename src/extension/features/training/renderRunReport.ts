import type { Averaged, Evaluated, StepDone } from '../../../shared/run/events.ts';
import type { RunModel } from '../../../shared/run/runModel.ts';
import { formatDuration, formatLoss, formatPercent, renderRunStatus } from '../../../shared/run/runStatus.ts';
import type { SeriesPoint } from '../../../shared/run/stepSeries.ts';
import { escapeMarkdown } from '../../services/markdown.ts';

export interface ReportedRun {
  name: string;
  directory: string;
  state: string;
  model: RunModel;
}

/** A run as Markdown: where it stands, its epochs, what it hears, what is wrong with its data. */
export function renderRunReport({ name, directory, state, model }: ReportedRun): string {
  const sections = [
    `# ${escapeMarkdown(name)}: ${state}`,
    escapeMarkdown(model.message ? `${renderRunStatus(model)}. ${model.message}` : renderRunStatus(model)),
    renderStart(model),
    renderEpochs(model),
    renderSamples(model.evaluations.at(-1)),
    renderGradients(model),
    renderGuards(model),
    renderProblems(model),
    `Run directory: ${escapeMarkdown(directory)}`,
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function renderStart({ started, lastStep }: RunModel): string {
  if (!started) return '';
  const { parameters, device, threads, trainUtterances, trainSec, devUtterances, skippedUtterances } = started;
  const skipped = skippedUtterances > 0 ? `, ${skippedUtterances} left out` : '';
  return [
    `${parameters.toLocaleString('en')} parameters on ${device} with ${threads} ${threads === 1 ? 'thread' : 'threads'}. `,
    `Training data: ${trainUtterances} utterances, ${formatDuration(trainSec)}${skipped}; dev: ${devUtterances} utterances.`,
    ...(lastStep ? [` ${renderSpeed(lastStep)}`] : []),
  ].join('');
}

const renderSpeed = ({ audioSec, durationMs, waitMs }: StepDone): string =>
  `Speed: ${((audioSec / durationMs) * 1000).toFixed(0)} × real time, ${formatPercent(waitMs / Math.max(durationMs, 1))} of it waiting for data.`;

function renderEpochs(model: RunModel): string {
  if (model.evaluations.length === 0) return '';
  const points = [...model.history, ...model.recent];
  const rows = model.evaluations.map((evaluation, index) => {
    const from = model.evaluations[index - 1]?.step ?? 0;
    const loss = meanLoss(points, from, evaluation.step);
    const best = evaluation.epoch === model.best?.epoch ? ' ★' : '';
    const cells = [
      `${evaluation.epoch + 1}`,
      loss === undefined ? '' : formatLoss(loss),
      formatLoss(evaluation.loss),
      `${formatPercent(evaluation.wer)}${best}`,
      formatPercent(evaluation.cer),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  if (model.averaged) rows.push(renderAverage(model.averaged));
  return ['| Epoch | Training loss | Dev loss | WER | CER |', '|--:|--:|--:|--:|--:|', ...rows].join('\n');
}

function renderAverage({ epochs, loss, wer, cer, best }: Averaged): string {
  const rate = (value: number | null) => (value === null ? '' : formatPercent(value));
  const list = epochs.map((epoch) => epoch + 1).join(', ');
  const cells = [
    `average of ${list}`,
    '',
    loss === null ? '' : formatLoss(loss),
    `${rate(wer)}${best ? ' ★' : ''}`,
    rate(cer),
  ];
  return `| ${cells.join(' | ')} |`;
}

function renderGradients({ gradientNorms }: RunModel): string {
  const latest = gradientNorms.at(-1);
  if (!latest) return '';
  const { epoch, p10, p50, p90, clippedShare } = latest;
  const [low, middle, high] = [p10, p50, p90].map((norm) => norm.toPrecision(3));
  return `Gradient norms in epoch ${epoch + 1}: 10 % below ${low}, half below ${middle}, 90 % below ${high}; ${formatPercent(clippedShare)} of the steps were clipped.`;
}

function renderGuards({ guards }: RunModel): string {
  if (guards.length === 0) return '';
  const rows = guards
    .slice(-20)
    .map(
      ({ epoch, code, message, remedy }) => `- ${escapeMarkdown(`epoch ${epoch + 1}, ${code}: ${message}; ${remedy}`)}`,
    );
  return ['What the training noticed:', '', ...rows].join('\n');
}

function meanLoss(points: SeriesPoint[], afterStep: number, toStep: number): number | undefined {
  const own = points.filter((point) => point.firstStep > afterStep && point.lastStep <= toStep);
  const steps = own.reduce((sum, point) => sum + point.steps, 0);
  return steps === 0 ? undefined : own.reduce((sum, point) => sum + point.loss * point.steps, 0) / steps;
}

function renderSamples(evaluation: Evaluated | undefined): string {
  if (!evaluation || evaluation.samples.length === 0) return '';
  const rows = evaluation.samples.map(
    ({ reference, hypothesis }) => `| ${escapeMarkdown(reference)} | ${escapeMarkdown(hypothesis) || '(nothing)'} |`,
  );
  return [`What it hears after epoch ${evaluation.epoch + 1}:`, '', '| Said | Heard |', '|---|---|', ...rows].join(
    '\n',
  );
}

function renderProblems({ problems, problemCount }: RunModel): string {
  if (problemCount === 0) return '';
  const rows = problems
    .slice(0, 50)
    .map(
      ({ file, line, code, message }) =>
        `- ${escapeMarkdown(`${file ? `${file}:${line ?? 1}: ` : ''}${code}: ${message}`)}`,
    );
  const rest = problemCount > rows.length ? [`- and ${problemCount - rows.length} more`] : [];
  return [`${problemCount} problems in the data:`, '', ...rows, ...rest].join('\n');
}
