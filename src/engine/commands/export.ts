import { UserError } from '../../shared/problem.ts';
import { checkOutput, writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import type { ParsedArguments } from '../arguments.ts';
import { openModel } from '../model/openModel.ts';
import { compareExport, parityTolerance } from '../model/parity.ts';
import { startOrtClient } from '../ortClient.ts';
import type { Terminal } from '../terminal.ts';
import { physicalCores } from '../threads.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const path = args.operands[0]!;
  const out = args.text('out')!;
  checkOutput(out, 'model');
  const model = await openModel(path, terminal.report);
  if (!model.weights) throw new UserError(`${path} is an exported model already; give its run or a checkpoint`);
  if (model.experiment?.loss.ctcWeight === 0)
    throw new UserError(`${path}: an export holds CTC alone, and its CTC output was never trained (loss.ctcWeight 0)`);
  const client = startOrtClient();
  try {
    const parity = await compareExport(model, model.bytes, physicalCores(), client);
    const equal = parity.every(({ largestDifference, sameText }) => sameText && largestDifference <= parityTolerance);
    if (equal)
      await replaceFile(out, [model.bytes]).catch((error: unknown) => {
        throw writeError(error, out, 'model');
      });
    terminal.print('seconds  batch  largest difference  same text');
    for (const { seconds, batch, largestDifference, sameText } of parity)
      terminal.print(
        `${seconds.toFixed(1).padStart(7)}  ${String(batch).padStart(5)}  ${largestDifference.toExponential(1).padStart(18)}  ${sameText ? 'yes' : 'NO'}`,
      );
    if (equal) terminal.print(`${out}: ${(model.bytes.length / 1e6).toFixed(1)} MB, from ${model.source}`);
    if (equal && model.forDecoder) terminal.print('it holds CTC alone: its attention decoder stays with the run');
    if (!equal)
      terminal.note(
        `${out} was not written: the exported graph differs from the one that trained by more than ${parityTolerance}`,
      );
    terminal.result({ file: equal ? out : null, bytes: model.bytes.length, source: model.source, parity, equal });
    return equal ? 0 : 1;
  } finally {
    await client.dispose();
  }
}
