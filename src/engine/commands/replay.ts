import { layoutParameters } from '../../nn/models/index.ts';
import { featureBins } from '../../shared/config/derived.ts';
import type { StepResult } from '../../training/executor.ts';
import { type Replay, readReplay } from '../../training/run/replay.ts';
import type { ParsedArguments } from '../arguments.ts';
import { createOrtExecutor } from '../ortExecutor.ts';
import type { Terminal } from '../terminal.ts';
import { trainingSetup } from '../trainingSetup.ts';

/** Runs a kept step again, with the weights, features and random choices it had. */
export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const replay = await readReplay(args.operands[0]!);
  const { state, batches, recorded } = replay;
  const threads = args.number('threads', { min: 1, max: 256, integer: true }) ?? state.threads;
  const result = await runStep(replay, threads);
  const same = Object.is(result.loss, recorded.loss) && Object.is(result.gradientNorm, recorded.gradientNorm);
  const utterances = batches
    .flatMap(({ ids, frameCounts }) => ids.map((id, row) => ({ id, frames: frameCounts[row]! })))
    .map((utterance, row) => ({ ...utterance, loss: String(result.utteranceLosses[row]) }));
  terminal.print(
    `loss ${result.loss} (was ${recorded.loss}), gradient norm ${result.gradientNorm} (was ${recorded.gradientNorm})`,
  );
  for (const { id, frames, loss } of utterances) terminal.print(`${loss.padStart(12)}  ${id} (${frames} frames)`);
  terminal.print(same ? 'the step gives what it gave' : 'the step gives something else now');
  // JSON has no NaN.
  terminal.result({ same, loss: String(result.loss), gradientNorm: String(result.gradientNorm), utterances });
  return same ? 0 : 1;
}

async function runStep({ state, batches, options, snapshot }: Replay, threads: number): Promise<StepResult> {
  const { experiment, vocabulary } = state;
  const spec = { config: experiment.model, bins: featureBins(experiment.features), vocabularySize: vocabulary.length };
  const executor = await createOrtExecutor(trainingSetup(experiment, spec, threads));
  try {
    await executor.restore(snapshot(layoutParameters(spec)));
    return await executor.step(batches, options);
  } finally {
    await executor.dispose();
  }
}
