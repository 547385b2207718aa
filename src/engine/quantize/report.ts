import type { Form, SiteKind } from '../../graph/quantize/sites.ts';
import type { RunTime } from '../ort/quantizeHost.ts';
import type { Terminal } from '../terminal.ts';
import type { ErrorRates } from './compareErrorRates.ts';
import type { Quantization, Rejection, SiteResult } from './quantization.ts';

/** What `asr quantize --json` prints. Times are the shortest of passes in turns, one utterance at a time. */
export interface QuantizationReport extends MeasuredReport {
  file: string;
  source: string;
  machine: { processor: string; threads: number };
  method: string;
  calibration?: string;
  /** That calibrated and on which errors were measured. */
  utterances: number;
  wer?: ErrorRates;
}

interface MeasuredReport {
  bytes: { before: number; after: number; ratio: number };
  operators: OperatorReport[];
  /** All other nodes. */
  rest: { floatMs: number; ms: number };
  /** Recurrent layers together. */
  recurrent?: { floatMs: number; ms: number; ratio: number };
  /** Whole utterances, without a profiler: sums over the utterances of the shortest and the median of their times. */
  utterance: { timed: number; shortest: Pair; median: Pair; processor: Pair };
  /** Operators that took most of the time that is left, with their share of it. */
  limits: { name: string; share: number }[];
}

interface Pair {
  floatMs: number;
  ms: number;
  ratio: number;
}

interface OperatorReport {
  name: string;
  operator: SiteKind;
  form: Form;
  parameters: number;
  floatMs: number;
  ms: number;
  ratio: number;
  /** Root mean square of the error of this operator alone, over that of its output. */
  relativeError: number;
  /** The same as a signal-to-noise ratio; null without error. */
  sqnrDb: number | null;
  rejected: Rejection[];
}

export function reportOf(
  { sites, rest }: Quantization,
  times: readonly (readonly (readonly RunTime[])[])[],
  { before, after }: { before: number; after: number },
): MeasuredReport {
  const [float, quantized] = times as [readonly RunTime[][], readonly RunTime[][]];
  const pair = (pick: (sorted: readonly number[]) => number, key: keyof RunTime = 'ms'): Pair => {
    const sorted = (passes: readonly RunTime[]) => passes.map((one) => one[key]).sort((a, b) => a - b);
    const sum = (model: readonly RunTime[][]) => model.reduce((total, passes) => total + pick(sorted(passes)), 0);
    return ratioOf({ floatMs: sum(float), ms: sum(quantized) });
  };
  const recurrent = sites.filter(({ site }) => site.kind === 'LSTM' || site.kind === 'GRU');
  const all = sites.reduce((sum, { ms }) => sum + ms, rest.ms);
  const shares = sites.map(({ site, ms }) => ({ name: site.name, share: ms / all }));
  return {
    bytes: { before, after, ratio: before / after },
    operators: sites.map(operatorReport),
    rest,
    ...(recurrent.length > 0
      ? { recurrent: ratioOf({ floatMs: sumOf(recurrent, 'floatMs'), ms: sumOf(recurrent, 'ms') }) }
      : {}),
    utterance: {
      timed: float.length,
      shortest: pair((sorted) => sorted[0]!),
      median: pair((sorted) => sorted[sorted.length >> 1]!),
      processor: pair((sorted) => sorted[sorted.length >> 1]!, 'processorMs'),
    },
    limits: [...shares, { name: 'other nodes', share: rest.ms / all }].sort((a, b) => b.share - a.share).slice(0, 3),
  };
}

const ratioOf = ({ floatMs, ms }: { floatMs: number; ms: number }): Pair => ({ floatMs, ms, ratio: floatMs / ms });
const sumOf = (sites: readonly SiteResult[], key: 'floatMs' | 'ms') => sites.reduce((sum, one) => sum + one[key], 0);

function operatorReport({ site, form, relativeError, floatMs, ms, rejected }: SiteResult): OperatorReport {
  const sqnrDb = relativeError > 0 ? -20 * Math.log10(relativeError) : null;
  const { name, kind, parameters } = site;
  return { name, operator: kind, form, parameters, floatMs, ms, ratio: floatMs / ms, relativeError, sqnrDb, rejected };
}

const percent = (rate: number, signed = false) => `${signed && rate > 0 ? '+' : ''}${(100 * rate).toFixed(2)} %`;
const ms = (value: number) => value.toFixed(2);
const times = (ratio: number) => `${ratio.toFixed(2)}×`;

export function printReport(report: QuantizationReport, terminal: Terminal): void {
  const { bytes, operators, rest, recurrent, utterance, limits, wer } = report;
  const width = Math.max(11, ...operators.map(({ name }) => name.length));
  const row = (...cells: readonly string[]) =>
    terminal.print(
      [
        cells[0]!.padEnd(width),
        cells[1]!.padEnd(7),
        ...cells.slice(2, 6).map((cell) => cell.padStart(8)),
        cells[6] ?? '',
      ]
        .join('  ')
        .trimEnd(),
    );
  row('operator', 'form', 'fp32 ms', 'INT8 ms', 'faster', 'error');
  for (const one of operators)
    row(
      ...[one.name, one.form, ms(one.floatMs), ms(one.ms), times(one.ratio)],
      ...[percent(one.relativeError), one.rejected.map(renderRejection).join('; ')],
    );
  row('other nodes', '', ms(rest.floatMs), ms(rest.ms), times(rest.floatMs / rest.ms), '');
  if (recurrent) row('recurrent', '', ms(recurrent.floatMs), ms(recurrent.ms), times(recurrent.ratio), '');
  for (const [title, pair] of [
    ['shortest of passes', utterance.shortest],
    ['median of passes', utterance.median],
    ['processor time, median', utterance.processor],
  ] as const)
    terminal.print(
      `one utterance at a time, ${title}: ${ms(pair.floatMs / utterance.timed)} ms to ${ms(pair.ms / utterance.timed)} ms each, ${times(pair.ratio)} faster (${utterance.timed} utterances, ${report.machine.threads} threads)`,
    );
  const shares = limits.map(({ name, share }) => `${name} ${(100 * share).toFixed(0)} %`);
  terminal.print(`of the time left: ${shares.join(', ')}`);
  terminal.print(
    `${(bytes.before / 1e6).toFixed(2)} MB to ${(bytes.after / 1e6).toFixed(2)} MB, ${times(bytes.ratio)} smaller: ${report.file}`,
  );
  if (wer)
    terminal.print(
      `WER ${percent(wer.before)} to ${percent(wer.after)}: ${percent(wer.difference, true)} (95 % interval ${percent(wer.interval95[0], true)} to ${percent(wer.interval95[1], true)}), ${wer.changed} of ${wer.utterances} transcripts changed`,
    );
}

const renderRejection = ({ form, reason, relativeError, floatMs, ms: own }: Rejection) =>
  reason === 'error'
    ? `not ${form}: error ${percent(relativeError)}`
    : `not ${form}: ${ms(own ?? 0)} ms against ${ms(floatMs ?? 0)} ms`;
