import { cpus } from 'node:os';
import { encodeModel } from '../../graph/onnx/encodeModel.ts';
import { type Calibration, calibrations } from '../../graph/quantize/activationRange.ts';
import { type SiteKind, siteKinds } from '../../graph/quantize/sites.ts';
import { UserError } from '../../shared/problem.ts';
import { checkOutput, writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import type { ParsedArguments } from '../arguments.ts';
import { type QuantizationRecord, renderMetadata } from '../model/modelMetadata.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { startOrtClient } from '../ortClient.ts';
import { calibrationBatches } from '../quantize/calibrationBatches.ts';
import { compareErrorRates } from '../quantize/compareErrorRates.ts';
import { type Quantization, quantize } from '../quantize/quantization.ts';
import { printReport, type QuantizationReport, reportOf } from '../quantize/report.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const path = args.operands[0]!;
  const out = args.text('out')!;
  checkOutput(out, 'model');
  const settings = readSettings(args);
  const opened = await openModel(path, terminal.report);
  const model = asExported(opened, path);
  if (settings.method === 'dynamic' && settings.ops?.includes('Conv')) terminal.report(integerConvolutions);
  const count = args.number('utterances', { min: 1, max: 100_000, integer: true }) ?? usualUtterances;
  const batches = await calibrationBatches(model.metadata, args.text('manifest')!, count, terminal);
  const timed = spread(batches, timedUtterances);
  const client = startOrtClient();
  try {
    const quantization = await quantize(
      model.bytes,
      { ...settings, batches, timed, passes, progress: terminal.progress },
      client,
    );
    terminal.progress('timing whole utterances');
    const record = recordOf(quantization, settings);
    const metadata = { ...model.metadata, quantization: record };
    const bytes = encodeModel({ ...quantization.model, metadata: renderMetadata(metadata) });
    const times = await client.call('timeModels', [model.bytes, bytes], settings.threads, timed, passes);
    terminal.progress('');
    const dev = args.text('dev');
    const after: OpenedModel = { bytes, metadata, source: out };
    const wer = dev ? await compareErrorRates(model, after, dev, settings.threads, terminal) : undefined;
    await replaceFile(out, [bytes]).catch((error: unknown) => {
      throw writeError(error, out, 'model');
    });
    const report: QuantizationReport = {
      file: out,
      source: model.source,
      machine: { processor: cpus()[0]?.model ?? '', threads: settings.threads },
      method: settings.method,
      ...(settings.method === 'static' ? { calibration: settings.calibration } : {}),
      utterances: batches.length,
      ...reportOf(quantization, times, { before: model.bytes.length, after: bytes.length }),
      ...(wer ? { wer } : {}),
    };
    printReport(report, terminal);
    terminal.result(report);
    return 0;
  } finally {
    await client.dispose();
  }
}

const usualUtterances = 32;
const timedUtterances = 6;
/** Enough that one of them finds the machine free. */
const passes = 15;

const integerConvolutions = {
  code: 'int8-conv',
  severity: 'warning',
  message:
    'dynamic INT8 makes convolutions slower: finding a scale for each input and applying it costs more than integer products save; leave Conv out of --ops, or use --method static',
} as const;

function readSettings(args: ParsedArguments) {
  const calibration = args.text('calibration') ?? calibrations[0];
  const method = args.text('method') === 'dynamic' ? ('dynamic' as const) : ('static' as const);
  if (method === 'dynamic' && args.text('calibration') !== undefined)
    throw new UserError('--calibration is for --method static: dynamic finds the ranges anew in each run');
  return {
    method,
    calibration: calibration as Calibration,
    ops: readOps(args.text('ops')),
    largestError: args.number('max-error', { min: 0, max: 1 }) ?? 0.1,
    keepSlower: args.flag('keep-slower'),
    threads: args.number('threads', { min: 1, max: 256, integer: true }) ?? physicalCores(),
  };
}

function readOps(text: string | undefined): SiteKind[] | undefined {
  return text?.split(',').map((name) => {
    const kind = siteKinds.find((one) => one.toLowerCase() === name.trim().toLowerCase());
    if (!kind) throw new UserError(`--ops: "${name}" is not one of ${siteKinds.join(', ')}`);
    return kind;
  });
}

function asExported(model: OpenedModel, path: string): OpenedModel {
  if (model.metadata.quantization) throw new UserError(`${path} is INT8 already; give the model it was made of`);
  if (model.adapter)
    throw new UserError(`${path}: it was exported elsewhere; only models of ASR Workbench can be quantised`);
  if (model.experiment?.loss.ctcWeight === 0)
    throw new UserError(
      `${path}: an exported model holds CTC alone, and its CTC output was never trained (loss.ctcWeight 0)`,
    );
  // Without its search: what is written holds CTC alone, and both are measured by it.
  const { bytes, metadata, source } = model;
  return { bytes, metadata, source };
}

/** So many, evenly spread over all. */
const spread = <T>(all: readonly T[], count: number): T[] =>
  all.length <= count
    ? [...all]
    : Array.from({ length: count }, (_, i) => all[Math.floor(((i + 0.5) * all.length) / count)]!);

function recordOf({ sites }: Quantization, settings: ReturnType<typeof readSettings>): QuantizationRecord {
  const forms: Record<string, string[]> = {};
  for (const { site, form } of sites) forms[form] = [...(forms[form] ?? []), site.name];
  return {
    method: settings.method,
    ...(settings.method === 'static' ? { calibration: settings.calibration } : {}),
    forms,
    rowByRow: sites.some(({ form }) => form === 'dynamic'),
  };
}
