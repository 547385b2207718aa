import { opsetRange } from '../../graph/onnx/opsets.ts';
import { UserError } from '../../shared/problem.ts';
import { checkOutput, writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import type { ParsedArguments } from '../arguments.ts';
import { buildExport } from '../model/buildExport.ts';
import { type OpenedModel, openModel } from '../model/openModel.ts';
import { compareExport, type ParityRow, type ParityStage, parityStages } from '../model/parity.ts';
import { noiseClips, speechClips } from '../model/parityClips.ts';
import { startOrtClient } from '../ortClient.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const path = args.operands[0]!;
  const out = args.text('out')!;
  const frontend = args.flag('frontend');
  const opset = args.number('opset', { ...opsetRange, integer: true });
  checkOutput(out, 'model');
  const model = await openModel(path, terminal.report);
  checkExportable(path, model);
  const bytes = frontend || opset !== undefined ? buildExport(model, { frontend, opset }) : model.bytes;
  const rate = model.metadata.features.sampleRateHz;
  const manifest = args.text('manifest');
  const speech = manifest === undefined ? [] : await speechClips(manifest, rate, terminal.report);
  const client = startOrtClient();
  try {
    const runtime = { threads: physicalCores(), client };
    const parity = await compareExport(model, { bytes, frontend }, [...noiseClips(rate), ...speech], runtime);
    const stages = parityStages(parity);
    const equal = stages.every((stage) => stage.equal);
    if (equal)
      await replaceFile(out, [bytes]).catch((error: unknown) => {
        throw writeError(error, out, 'model');
      });
    for (const line of renderParity(parity, stages)) terminal.print(line);
    if (equal) terminal.print(`${out}: ${(bytes.length / 1e6).toFixed(1)} MB, from ${model.source}`);
    if (equal && model.forDecoder) terminal.print('it holds CTC alone: its attention decoder stays with the run');
    for (const { stage, tolerance } of stages.filter((each) => !each.equal).slice(0, 1))
      terminal.note(
        `${out} was not written: the ${stage} of the exported graph differ from those of the one that trained by more than ${tolerance}`,
      );
    terminal.result({ file: equal ? out : null, bytes: bytes.length, source: model.source, parity, stages, equal });
    return equal ? 0 : 1;
  } finally {
    await client.dispose();
  }
}

function checkExportable(path: string, model: OpenedModel): void {
  if (!model.weights) throw new UserError(`${path} is an exported model already; give its run or a checkpoint`);
  if (model.experiment?.loss.ctcWeight === 0)
    throw new UserError(`${path}: an export holds CTC alone, and its CTC output was never trained (loss.ctcWeight 0)`);
}

function renderParity(rows: readonly ParityRow[], stages: readonly ParityStage[]): string[] {
  const number = (value: number | null) => (value === null ? '' : value.toExponential(1));
  const cells = rows.map(({ source, seconds, batch, features, largestDifference, sameText }) => [
    source,
    seconds.toFixed(1),
    String(batch),
    number(features),
    number(largestDifference),
    sameText ? 'yes' : 'NO',
  ]);
  const widths = [6, 7, 5, 8, 7, 9];
  const line = (row: readonly string[]) => row.map((cell, i) => cell.padStart(widths[i]!)).join('  ');
  return [
    line(['on', 'seconds', 'batch', 'features', 'logits', 'same text']),
    ...cells.map(line),
    ...stages.map(
      ({ stage, largestDifference, tolerance, equal }) =>
        `${stage}: ${equal ? 'equal' : 'NOT EQUAL'}, at most ${number(largestDifference)} apart (${tolerance} is tolerated)`,
    ),
  ];
}
