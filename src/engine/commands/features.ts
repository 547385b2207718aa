import { createFeatureExtractor } from '../../dsp/features.ts';
import { renderNpy } from '../../dsp/npy.ts';
import { loadResampler } from '../../dsp/resample.ts';
import type { FeatureSpec } from '../../shared/config/schema.ts';
import { UserError } from '../../shared/problem.ts';
import { clipProblem, readClip } from '../../training/data/clipReader.ts';
import { checkOutput, writeError } from '../../training/fileError.ts';
import { replaceFile } from '../../training/run/durableFiles.ts';
import { type ParsedArguments, UsageError } from '../arguments.ts';
import { readExperimentFile } from '../experimentFile.ts';
import { openModel } from '../model/openModel.ts';
import type { Terminal } from '../terminal.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const audio = args.operands[0]!;
  const out = args.text('out')!;
  checkOutput(out, 'features');
  const spec = await readSpec(args, terminal);
  const resampler = await loadResampler();
  const samples = await readClip({ file: audio }, spec.sampleRateHz, resampler).catch((error: unknown) => {
    const problem = { ...clipProblem(error, audio), file: audio };
    throw new UserError(problem.message, [problem]);
  });
  const extractor = await createFeatureExtractor(spec);
  const matrix = extractor.extract(samples);
  await replaceFile(out, [renderNpy(matrix)]).catch((error: unknown) => {
    throw writeError(error, out, 'features');
  });
  const unit = spec.type === 'mfcc' ? 'cepstra' : 'mels';
  terminal.print(`${out}: ${matrix.frames} frames × ${matrix.bins} ${unit}, float32`);
  terminal.result({
    file: out,
    frames: matrix.frames,
    [unit]: matrix.bins,
    durationSec: samples.length / spec.sampleRateHz,
  });
  return 0;
}

async function readSpec(args: ParsedArguments, terminal: Terminal): Promise<FeatureSpec> {
  const config = args.text('config');
  const model = args.text('model');
  if ((config === undefined) === (model === undefined))
    throw new UsageError('features needs --config or --model, one of them');
  if (model !== undefined) return (await openModel(model, terminal.report)).metadata.features;
  const parsed = await readExperimentFile(config!);
  for (const problem of parsed.problems) terminal.report(problem);
  if (!parsed.experiment) throw new UserError(`${config} has errors`);
  return parsed.experiment.features;
}
